-- The settler's outbox. Written by the settlement service alone. It never forgets what a node handed over, and it knows
-- every transaction that it signed before the network does.

create schema settlement;

-- The account and the contract that this outbox is for. One row; a service with other ones refuses to start.
create table settlement.identity (
  one boolean primary key default true check (one),
  chain_id bigint not null,
  contract address not null,
  account address not null
);

-- The newest grant of a payer for each spender, to be registered when a claim needs it.
create table settlement.spender_grant (
  payer address not null,
  spender address not null,
  cap amount not null,
  valid_until uint64 not null,
  epoch bigint not null,
  signature signature not null,
  received_at timestamptz not null,
  skipped text,
  retry_at timestamptz,
  primary key (payer, spender)
);

-- The newest voucher of each pair. claimed: what final transactions paid. received_at: since when there is something unpaid.
create table settlement.voucher (
  payer address not null,
  node address not null,
  cumulative amount not null,
  receipt bytes32 not null,
  signature signature not null,
  signer address not null,
  claimed amount not null default 0,
  received_at timestamptz not null,
  skipped text,
  retry_at timestamptz,
  primary key (payer, node)
);
create index on settlement.voucher (received_at) where cumulative > claimed;

-- settled_by: the final transaction, null while there is none.
create table settlement.statement (
  node address not null,
  first_sequence bigint not null check (first_sequence > 0),
  last_sequence bigint not null check (last_sequence >= first_sequence),
  provider address not null,
  root bytes32 not null unique,
  top bytes32 not null,
  completed uint64 not null,
  tokens uint64 not null,
  fees amount not null,
  points uint64 not null,
  signature signature not null,
  received_at timestamptz not null,
  settled_by bytes32,
  skipped text,
  retry_at timestamptz,
  primary key (node, first_sequence)
);
create index on settlement.statement (received_at) where settled_by is null;

-- Receipts as they are published: docs/encodings.md, "A published batch". number grows with each, for those who follow.
create table settlement.receipt_batch (
  root bytes32 primary key,
  number bigint generated always as identity unique,
  node address not null,
  provider address not null,
  receipts integer not null,
  content bytea not null
);

create table settlement.receipt (
  node address not null,
  sequence bigint not null,
  request_id bytes32 not null,
  root bytes32 not null references settlement.receipt_batch,
  primary key (node, sequence)
);
create index on settlement.receipt (request_id);

-- One call of settle(…). open: signed, perhaps sent. mined: in a block. final: under enough blocks. failed: reverted.
-- displaced: another transaction of the account took its nonce.
create table settlement.batch (
  id bigint generated always as identity primary key,
  nonce bigint not null,
  state text not null default 'open' check (state in ('open', 'mined', 'final', 'failed', 'displaced')),
  created_at timestamptz not null,
  transaction_hash bytes32,
  block_number bigint,
  block_hash bytes32,
  gas_used bigint,
  check ((state in ('mined', 'final', 'failed')) = (transaction_hash is not null))
);
create unique index on settlement.batch (nonce) where state <> 'displaced';
create index on settlement.batch (id) where state in ('open', 'mined');

-- Each attempt to get a batch mined: same nonce, higher fee. Stored before it is sent.
create table settlement.transaction (
  hash bytes32 primary key,
  batch bigint not null references settlement.batch,
  attempt integer not null,
  raw bytea not null,
  max_fee numeric(39, 0) not null,
  priority_fee numeric(39, 0) not null,
  created_at timestamptz not null,
  unique (batch, attempt)
);

-- What a batch carries. outcome: null until it is mined, then 'settled', 'partly' or the contract's reason for skipping it.
create table settlement.batch_grant (
  batch bigint not null references settlement.batch,
  position integer not null,
  payer address not null,
  spender address not null,
  outcome text,
  primary key (batch, position)
);

create table settlement.batch_claim (
  batch bigint not null references settlement.batch,
  position integer not null,
  payer address not null,
  node address not null,
  cumulative amount not null,
  outcome text,
  claimed amount,
  primary key (batch, position)
);

create table settlement.batch_statement (
  batch bigint not null references settlement.batch,
  position integer not null,
  node address not null,
  first_sequence bigint not null,
  outcome text,
  primary key (batch, position)
);
