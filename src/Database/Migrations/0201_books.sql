-- The gateway's books: who may spend what. Written by the gateways alone, reconciled with the chain's mirror.
-- Every movement is a set of postings with one entry number, whose amounts sum to zero; rows of accounts are running
-- totals of them. Amounts may be negative in postings only; what a payer has available falls below zero when money
-- leaves the escrow while it is reserved.

create type book as enum ('available', 'reserved', 'unsettled', 'settled', 'earned', 'house');

create sequence entry_number;

-- owner: the payer (available, reserved, unsettled, settled), the node (earned), or twenty zeros for the house, which
-- stands against the world outside of the books: escrow for payers, the chain for nodes.
create table posting (
  entry bigint not null,
  at timestamptz not null default now(),
  owner address not null,
  book book not null,
  amount numeric(40, 0) not null,
  reason text not null check (reason in ('chain', 'reserve', 'voucher', 'release', 'settle')),
  request bytes32
);
create index posting_entry on posting (entry);
create index posting_owner on posting (owner, book);

-- available + reserved + unsettled is what the chain credits the payer with: confirmed deposits less thawing money.
-- epoch and level are the chain's, copied here when the account is reconciled.
create table payer_account (
  payer address primary key,
  available numeric(40, 0) not null default 0,
  reserved amount not null default 0,
  unsettled amount not null default 0,
  settled amount not null default 0,
  epoch bigint not null default 0,
  level integer not null default 0
);

-- owed: the total of the newest voucher of this payer for this node that any gateway signed or was shown.
-- claimed: how much of it the books have seen paid on chain. A payer's unsettled is the sum of owed − claimed.
create table pair_account (
  payer address not null references payer_account,
  node address not null,
  owed amount not null,
  claimed amount not null,
  receipt bytes32,
  signature signature,
  sequence uint64 not null default 0,
  receipted amount not null default 0,
  primary key (payer, node),
  check (claimed <= owed)
);

-- A gateway process that is alive: it holds the reservations of its boot. A name has one boot; a new one ends the old.
create table gateway_lease (
  name text primary key,
  boot uuid not null,
  seen_at timestamptz not null default now()
);

-- A request and its reservation. booked is what vouchers moved from reserved to unsettled; the rest of the
-- reservation is given back when the request ends. No prompt, no answer: the receipt holds salted hashes of both.
create table request (
  id bytes32 primary key,
  payer address not null references payer_account,
  boot uuid not null,
  api_key bigint,
  model text not null,
  node address,
  provider address,
  ceiling amount not null,
  booked amount not null default 0 check (booked <= ceiling),
  status text not null default 'open' check (status in ('open', 'paid', 'partly', 'unserved')),
  fault text,
  receipt bytea check (octet_length(receipt) = 325),
  receipt_signature signature,
  receipt_hash bytes32,
  salt bytes32,
  client_nonce bytes32,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
create index request_payer on request (payer, created_at desc);
create index request_open on request (boot) where status = 'open';

-- What must be empty at any time.
create view book_fault as
  select 'entry ' || entry || ' sums to ' || sum(amount) as fault
  from posting
  group by entry
  having sum(amount) <> 0
union all
  select 'account ' || encode(a.payer, 'hex') || ' ' || b.book || ' is ' || b.balance || ', its postings sum to ' || coalesce(p.amount, 0)
  from payer_account a
  cross join lateral (values
    ('available'::book, a.available), ('reserved', a.reserved), ('unsettled', a.unsettled), ('settled', a.settled)) b (book, balance)
  left join (select owner, book, sum(amount) as amount from posting group by owner, book) p on p.owner = a.payer and p.book = b.book
  where b.balance <> coalesce(p.amount, 0)
union all
  select 'payer ' || encode(a.payer, 'hex') || ' has ' || a.unsettled || ' unsettled, its vouchers say ' || coalesce(p.amount, 0)
  from payer_account a
  left join (select payer, sum(owed - claimed) as amount from pair_account group by payer) p on p.payer = a.payer
  where a.unsettled <> coalesce(p.amount, 0)
union all
  select 'payer ' || encode(a.payer, 'hex') || ' has ' || a.reserved || ' reserved, its open requests ' || coalesce(r.amount, 0)
  from payer_account a
  left join (select payer, sum(ceiling - booked) as amount from request where status = 'open' group by payer) r on r.payer = a.payer
  where a.reserved <> coalesce(r.amount, 0);
