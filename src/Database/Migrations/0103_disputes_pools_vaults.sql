-- Events of Disputes, of pools, of vaults, and of who collected what a slash gave it. Written by the indexer alone.

-- Blocks that were mirrored before lack these events: walk again. No money depends on it, every row comes back.
delete from chain.block;
update chain.cursor set number = start_block - 1, head = 0, confirmed = 0;

-- How far a provider is, so that the next statement goes on from there. last_log_index: with block_number the place of the last
-- statement that counted. runs: 16 bytes for each time in which receipts started without a gap, its first start and its last.
alter table chain.achievement
  add column last_log_index integer not null,
  add column fast uint64 not null,
  add column served uint64 not null,
  add column in_a_row uint64 not null,
  add column runs bytea not null;

-- wallets and basis_points: the members and their shares, in their order; none ends the pool.
create table chain.pool_proposed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, pool bytes32 not null, wallets bytea[] not null, basis_points integer[] not null, ready_at uint64 not null,
  primary key (block_number, log_index)
);
create index on chain.pool_proposed (provider);
create index on chain.pool_proposed (pool);

create table chain.pool_accepted (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, pool bytes32 not null, member address not null,
  primary key (block_number, log_index)
);
create index on chain.pool_accepted (pool);

create table chain.pool_applied (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, pool bytes32 not null,
  primary key (block_number, log_index)
);
create index on chain.pool_applied (provider);

create table chain.divided (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, member address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.divided (provider);
create index on chain.divided (member);

create table chain.compensation_collected (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  owner address not null, recipient address not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.compensation_collected (owner);

create table chain.punished (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, node address not null, reporter address not null, offence smallint not null, sequence uint64 not null, taken amount not null,
  primary key (block_number, log_index)
);
create index on chain.punished (provider);
create index on chain.punished (node);

create table chain.report_committed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  reporter address not null, commitment bytes32 not null,
  primary key (block_number, log_index)
);
create index on chain.report_committed (reporter);

-- The newest proposal of each provider that wasn't applied. accepted: who agreed; the provider itself need not.
create view chain.proposed_pool as
select p.provider, p.pool, p.wallets, p.basis_points, p.ready_at,
  array(select distinct a.member::bytea from chain.pool_accepted a where a.pool = p.pool) as accepted
from (
  select distinct on (provider) provider, pool, wallets, basis_points, ready_at
  from chain.pool_proposed
  order by provider, block_number desc, log_index desc) p
where not exists (select 1 from chain.pool_applied a where a.pool = p.pool);

-- Pools in their order; begins: where a provider's earnings, its own until then, began to be shared.
create view chain.pool_history as
select provider, pool, wallets, basis_points, block_number, log_index, shared and not coalesce(lag(shared) over history, false) as begins
from (
  select a.provider, a.pool, p.wallets, p.basis_points, a.block_number, a.log_index, cardinality(p.wallets) > 0 as shared
  from chain.pool_applied a
  join chain.pool_proposed p on p.pool = a.pool) applied
window history as (partition by provider order by block_number, log_index);

-- How what a provider earns is shared now. undivided: earned and not yet given to the members.
create view chain.pool as
select n.provider, n.pool, n.wallets, n.basis_points,
  coalesce((select sum(amount) from chain.earned e where e.provider = n.provider and (e.block_number, e.log_index) > (b.block_number, b.log_index)), 0)
    - coalesce((select sum(amount) from chain.divided d where d.provider = n.provider and (d.block_number, d.log_index) > (b.block_number, b.log_index)), 0) as undivided
from (
  select distinct on (provider) provider, pool, wallets, basis_points
  from chain.pool_history
  order by provider, block_number desc, log_index desc) n
join (
  select distinct on (provider) provider, block_number, log_index
  from chain.pool_history
  where begins
  order by provider, block_number desc, log_index desc) b on b.provider = n.provider
where cardinality(n.wallets) > 0;

-- Stake in vaults. Amounts of stake are units: of the token, or shares of the vault that the provider is in.

create table chain.vault_proposed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  number integer not null, vault address not null, open_at uint64 not null,
  primary key (block_number, log_index)
);

create table chain.vault_closed (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  number integer not null,
  primary key (block_number, log_index)
);

create table chain.vault_entered (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, number integer not null, amount amount not null, units amount not null,
  primary key (block_number, log_index)
);
create index on chain.vault_entered (provider);

create table chain.vault_left (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, number integer not null, units amount not null, amount amount not null,
  primary key (block_number, log_index)
);
create index on chain.vault_left (provider);

create table chain.paid_from_vault (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  number integer not null, recipient address not null, units amount not null, in_kind boolean not null,
  primary key (block_number, log_index)
);
create index on chain.paid_from_vault (recipient);

-- to_each: what each auditor was given of what the provider lost, in units.
create table chain.auditors_compensated (
  block_number bigint not null references chain.block on delete cascade, log_index integer not null, transaction_hash bytes32 not null,
  provider address not null, auditors bytea[] not null, to_each amount not null,
  primary key (block_number, log_index)
);
create index on chain.auditors_compensated (provider);

create view chain.vault as
select p.number, p.vault, p.open_at, exists (select from chain.vault_closed c where c.number = p.number) as closed
from chain.vault_proposed p;

-- units and unbonding: free, and on the way out and still slashable, in units. vault: 0 while they are in the token.
-- stake: free, in the token. In a vault it is what was paid for the units, the most that they can count for: what the vault
-- says they are worth, and whether it answers, only the chain knows (stakeOf).
drop view chain.provider;
drop view chain.stake;
create view chain.stake as
select provider, units, unbonding, vault,
  case when vault = 0 then units else floor(units * paid / nullif(bought, 0)) end as stake
from (
  select s.provider, s.total - u.unbonding as units, u.unbonding,
    case when v.inside and s.total > 0 then v.number else 0 end as vault, v.paid, v.bought
  from (
    select provider, sum(total) as total
    from (
      select provider, amount::numeric as total from chain.staked
      union all select provider, -amount from chain.unstaked
      union all select provider, -amount from chain.slashed
      union all select provider, units::numeric - amount from chain.vault_entered
      union all select provider, amount::numeric - units from chain.vault_left) moves
    group by provider) s
  -- Slashing takes unbonding units first, so their sum is a running sum that never falls below zero: its last value less its
  -- lowest, where that is negative.
  left join lateral (
    select coalesce((
      select m.running - least(m.lowest, 0)
      from (
        select
          sum_so_far as running,
          min(sum_so_far) over () as lowest,
          row_number() over (order by block_number desc, log_index desc) as newest
        from (
          select block_number, log_index, sum(delta) over (order by block_number, log_index) as sum_so_far
          from (
            select block_number, log_index, amount::numeric as delta from chain.unbonding where provider = s.provider
            union all select block_number, log_index, -amount from chain.unstaked where provider = s.provider
            union all select block_number, log_index, -amount from chain.slashed where provider = s.provider) moves) sums) m
      where m.newest = 1), 0) as unbonding) u on true
  left join lateral (
    select inside, number, paid, bought
    from (
      select block_number, log_index, true as inside, number, amount as paid, units as bought from chain.vault_entered where provider = s.provider
      union all select block_number, log_index, false, number, null, null from chain.vault_left where provider = s.provider) moves
    order by block_number desc, log_index desc limit 1) v on true) units;

-- score = points on chain + achievements; level 0 (unverified) to 6 (master). endpoint and offers as last announced, null for never.
create view chain.provider as
select
  p.provider,
  coalesce(s.stake, 0) as stake,
  coalesce(s.unbonding, 0) as unbonding,
  coalesce(s.vault, 0) as vault,
  coalesce(r.completed, 0) as completed,
  coalesce(r.tokens, 0) as tokens,
  coalesce(r.fees, 0) as fees,
  coalesce(r.points, 0) as points,
  coalesce(l.slashes, 0) as slashes,
  coalesce(a.earned, 0) as achievements,
  coalesce(r.points, 0) + coalesce(a.points, 0) as score,
  chain.level_of(coalesce(r.points, 0) + coalesce(a.points, 0)) as level,
  coalesce(e.amount, 0) as earned,
  o.endpoint,
  o.offers,
  (select count(*) from chain.node n where n.provider = p.provider and not n.retired) as nodes
from (
  select provider from chain.staked
  union select provider from chain.node_added
  union select provider from chain.statement_settled) p
left join chain.stake s on s.provider = p.provider
left join chain.achievement a on a.provider = p.provider
left join lateral (
  select
    least(coalesce(sum(completed), 0), 18446744073709551615) as completed,
    least(coalesce(sum(tokens), 0), 18446744073709551615) as tokens,
    least(coalesce(sum(fees), 0), 340282366920938463463374607431768211455) as fees,
    least(coalesce(sum(points), 0), 18446744073709551615) as points
  from chain.statement_settled where provider = p.provider) r on true
left join lateral (select max(slashes) as slashes from chain.slash_recorded where provider = p.provider) l on true
left join lateral (select sum(amount) as amount from chain.earned where provider = p.provider) e on true
left join lateral (
  select endpoint, offers from chain.announced
  where provider = p.provider
  order by block_number desc, log_index desc limit 1) o on true;
