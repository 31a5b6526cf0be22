-- The mirror of one rail's contracts. Written by the indexer alone; dropping it costs a new walk along the chain, nothing else.
-- Events are rows under their block, so that a reorganisation is one delete from chain.block.

create schema chain;

-- Which rail this database mirrors, and how far. One row.
-- confirmed: the newest block that has the confirmations which the indexer was told to wait for.
create table chain.cursor (
  one boolean primary key default true check (one),
  chain_id bigint not null,
  settlement address not null,
  escrow address not null,
  staking address not null,
  start_block bigint not null,
  number bigint not null,
  head bigint not null,
  confirmed bigint not null,
  moved_at timestamptz not null default now()
);

-- All blocks near the head; further back only those with events and the last of each step.
create table chain.block (
  number bigint primary key,
  hash bytes32 not null unique,
  parent_hash bytes32 not null,
  timestamp bigint not null
);

-- Escrow

create table chain.deposited (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, sender address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.deposited (payer);

create table chain.thawing (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, amount amount not null, ready_at uint64 not null,
  primary key (block_number, log_index)
);
create index on chain.thawing (payer);

create table chain.thaw_cancelled (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.thaw_cancelled (payer);

create table chain.withdrawn (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, recipient address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.withdrawn (payer);

-- claimed: what the pair's vouchers have been paid in all, this event included.
create table chain.claimed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, node address not null, amount amount not null, claimed amount not null,
  primary key (block_number, log_index)
);
create index on chain.claimed (payer, node);

create table chain.earned (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, node address not null, amount amount not null, fee amount not null,
  primary key (block_number, log_index)
);
create index on chain.earned (provider);

create table chain.collected (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  earner address not null, recipient address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.collected (earner);

create table chain.recycled (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  earner address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.recycled (earner);

-- spend_limit: the total that the payer may ever have paid for the spender's vouchers to count.
create table chain.grant_registered (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, spender address not null, cap amount not null, spend_limit amount not null, valid_until uint64 not null, epoch bigint not null,
  primary key (block_number, log_index)
);
create index on chain.grant_registered (payer, spender);

create table chain.epoch_raised (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, epoch bigint not null, ends_at uint64 not null,
  primary key (block_number, log_index)
);
create index on chain.epoch_raised (payer);

create table chain.reserved (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, provider address not null, amount amount not null, reserved_until uint64 not null,
  primary key (block_number, log_index)
);
create index on chain.reserved (payer, provider);

create table chain.reserve_released (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  payer address not null, provider address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.reserve_released (payer, provider);

-- Staking

create table chain.staked (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, sender address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.staked (provider);

create table chain.unbonding (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, amount amount not null, ready_at uint64 not null,
  primary key (block_number, log_index)
);
create index on chain.unbonding (provider);

create table chain.unstaked (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, recipient address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.unstaked (provider);

create table chain.slashed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, payer address not null, reporter address not null, amount amount not null, to_payer amount not null, to_reporter amount not null,
  primary key (block_number, log_index)
);
create index on chain.slashed (provider);

create table chain.node_added (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, node address not null unique,
  primary key (block_number, log_index)
);
create index on chain.node_added (provider);

create table chain.node_retired (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, node address not null,
  primary key (block_number, log_index)
);
create index on chain.node_retired (node);

create table chain.announced (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, endpoint text not null, offers text not null,
  primary key (block_number, log_index)
);
create index on chain.announced (provider);

create table chain.minimum_stake_changed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  amount amount not null,
  primary key (block_number, log_index)
);

-- Settlement

create table chain.statement_settled (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, node address not null, number uint64 not null, first_sequence uint64 not null, last_sequence uint64 not null, root bytes32 not null,
  completed uint64 not null, tokens uint64 not null, fees amount not null, points uint64 not null,
  primary key (block_number, log_index)
);
create index on chain.statement_settled (provider);
create index on chain.statement_settled (node, last_sequence);
create index on chain.statement_settled (root);

create table chain.grant_skipped (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  position numeric(78, 0) not null, payer address not null, spender address not null, reason smallint not null,
  primary key (block_number, log_index)
);

create table chain.claim_skipped (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  position numeric(78, 0) not null, payer address not null, node address not null, reason smallint not null,
  primary key (block_number, log_index)
);
create index on chain.claim_skipped (node);

create table chain.statement_skipped (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  position numeric(78, 0) not null, provider address not null, node address not null, reason smallint not null,
  primary key (block_number, log_index)
);
create index on chain.statement_skipped (provider);

create table chain.slash_recorded (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, slashes bigint not null,
  primary key (block_number, log_index)
);
create index on chain.slash_recorded (provider);

create table chain.fee_changed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  basis_points integer not null,
  primary key (block_number, log_index)
);

-- What a provider's settled receipts have earned it. Written by the indexer; goes with the block of the last statement that counted.
-- earned: the flags of Protocol's Achievements. statements: how many settled and published statements it was computed from.
create table chain.achievement (
  provider address primary key,
  block_number bigint not null references chain.block on delete cascade,
  statements integer not null,
  earned integer not null,
  points integer not null
);
