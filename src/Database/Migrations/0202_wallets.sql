-- Who may act for a wallet at the gateway. Written by the gateways alone. Secrets stand here as SHA-256 only.

create table sign_in_nonce (
  nonce text primary key,
  expires_at timestamptz not null
);

create table wallet_session (
  hash bytes32 primary key,
  wallet address not null,
  expires_at timestamptz not null
);

-- used: what requests under the key have cost or hold reserved; a request is refused when it would pass the cap.
create table api_key (
  id bigint generated always as identity primary key,
  hash bytes32 not null unique,
  payer address not null,
  name text not null,
  prefix text not null,
  cap amount,
  used amount not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
create index api_key_payer on api_key (payer);

-- The newest grant of a payer for each spender. left_to_spend: the cap until the chain knows the grant, then what the chain
-- leaves of it, when the account is reconciled; what is reserved and unsettled here must fit in it.
create table payer_grant (
  payer address not null,
  spender address not null,
  cap amount not null,
  valid_until uint64 not null,
  epoch bigint not null,
  signature signature not null,
  left_to_spend amount not null,
  received_at timestamptz not null default now(),
  primary key (payer, spender)
);
