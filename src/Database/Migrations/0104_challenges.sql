-- The bonded challenge and its auditors. Written by the indexer alone.

-- Blocks that were mirrored before lack these events: walk again. No money depends on it, every row comes back.
delete from chain.block;
update chain.cursor set number = start_block - 1, head = 0, confirmed = 0;

-- bond: all that the auditor has bonded, this included.
create table chain.auditor_enrolled (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  auditor address not null, bond amount not null,
  primary key (block_number, log_index)
);
create index on chain.auditor_enrolled (auditor);

create table chain.auditor_retired (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  auditor address not null,
  primary key (block_number, log_index)
);
create index on chain.auditor_retired (auditor);

create table chain.bond_withdrawn (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  auditor address not null, recipient address not null, bond amount not null,
  primary key (block_number, log_index)
);
create index on chain.bond_withdrawn (auditor);

create table chain.credit_collected (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  owner address not null, recipient address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.credit_collected (owner);

-- receipt: its struct hash. evidence and location: what the challenger shows, and where.
create table chain.challenged (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null unique, node address not null, challenger address not null, receipt bytes32 not null, bond amount not null,
  seed_block uint64 not null, evidence bytes32 not null, location text not null,
  primary key (block_number, log_index)
);
create index on chain.challenged (node);
create index on chain.challenged (challenger);

create table chain.answered (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null, evidence bytes32 not null, location text not null,
  primary key (block_number, log_index)
);
create index on chain.answered (id);

create table chain.seed_moved (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null, seed_block uint64 not null,
  primary key (block_number, log_index)
);
create index on chain.seed_moved (id);

create table chain.seed_drawn (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null, seed bytes32 not null,
  primary key (block_number, log_index)
);
create index on chain.seed_drawn (id);

create table chain.seated (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null, auditor address not null, evicted address not null,
  primary key (block_number, log_index)
);
create index on chain.seated (id);
create index on chain.seated (auditor);

create table chain.vote_committed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null, auditor address not null, commitment bytes32 not null,
  primary key (block_number, log_index)
);
create index on chain.vote_committed (id);

create table chain.vote_revealed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null, auditor address not null, convict boolean not null,
  primary key (block_number, log_index)
);
create index on chain.vote_revealed (id);

create table chain.auditor_fined (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null, auditor address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.auditor_fined (auditor);

create table chain.resolved (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  id numeric(78, 0) not null, verdict smallint not null, convicting smallint not null, revealed smallint not null,
  primary key (block_number, log_index)
);
create index on chain.resolved (id);

-- verdict: 0 while it is open, else as the contract's Verdict has it. panel: who sits on it now.
create view chain.challenge as
select c.id, c.node, n.provider, c.challenger, c.receipt, c.bond, b.timestamp as opened_at, c.evidence, c.location,
  a.evidence as answer, a.location as answer_location,
  coalesce((select m.seed_block from chain.seed_moved m where m.id = c.id order by m.block_number desc, m.log_index desc limit 1), c.seed_block) as seed_block,
  (select d.seed from chain.seed_drawn d where d.id = c.id) as seed,
  array(
    select s.auditor::bytea from chain.seated s
    where s.id = c.id and not exists (
      select from chain.seated e
      where e.id = s.id and e.evicted = s.auditor and (e.block_number, e.log_index) > (s.block_number, s.log_index))
    order by s.block_number, s.log_index) as panel,
  (select count(*) from chain.vote_committed v where v.id = c.id) as committed,
  coalesce(r.revealed, (select count(*) from chain.vote_revealed v where v.id = c.id)) as revealed,
  coalesce(r.convicting, (select count(*) from chain.vote_revealed v where v.id = c.id and v.convict)) as convicting,
  coalesce(r.verdict, 0) as verdict
from chain.challenged c
join chain.block b on b.number = c.block_number
left join chain.node_added n on n.node = c.node
left join chain.answered a on a.id = c.id
left join chain.resolved r on r.id = c.id;

-- bond: what is left of it after fines. enrolled: whether it can be drawn for challenges to come.
create view chain.auditor as
select l.auditor, greatest(l.bond - coalesce((
    select sum(f.amount) from chain.auditor_fined f
    where f.auditor = l.auditor and (f.block_number, f.log_index) > (l.block_number, l.log_index)), 0), 0) as bond,
  (e.block_number, e.log_index) > (coalesce(t.block_number, -1), coalesce(t.log_index, -1)) as enrolled
from (
  select distinct on (auditor) auditor, bond, block_number, log_index
  from (
    select auditor, bond::numeric as bond, block_number, log_index from chain.auditor_enrolled
    union all select auditor, 0, block_number, log_index from chain.bond_withdrawn) moves
  order by auditor, block_number desc, log_index desc) l
join lateral (select block_number, log_index from chain.auditor_enrolled where auditor = l.auditor order by block_number desc, log_index desc limit 1) e on true
left join lateral (select block_number, log_index from chain.auditor_retired where auditor = l.auditor order by block_number desc, log_index desc limit 1) t on true;
