-- What the contracts' state is, as the events say. No view is materialised: each is a sum over an indexed key.

-- Levels of a score, as Protocol's Score.LevelOf has them; a test compares the two.
create function chain.level_of(score numeric) returns integer
  language sql immutable
  return case
    when score < 1 then 0
    when score < 100 then 1
    when score < 500 then 2
    when score < 1500 then 3
    when score < 4000 then 4
    when score < 10000 then 5
    else 6
  end;

-- Money on its way out: thaws that were neither cancelled nor swept up by a withdrawal after they were ready.
create view chain.open_thaw as
select t.payer, t.amount, t.ready_at, t.block_number
from chain.thawing t
where not exists (
    select 1 from chain.thaw_cancelled c
    where c.payer = t.payer and (c.block_number, c.log_index) > (t.block_number, t.log_index))
  and not exists (
    select 1 from chain.withdrawn w
    join chain.block b on b.number = w.block_number
    where w.payer = t.payer and (w.block_number, w.log_index) > (t.block_number, t.log_index) and b.timestamp >= t.ready_at);

-- Money that one provider alone can claim. A new reserve replaces the old one; the provider's claims use it up.
create view chain.open_reserve as
select r.payer, r.provider, r.amount - coalesce(used.amount, 0) as amount, r.reserved_until
from (
  select distinct on (payer, provider) payer, provider, amount, reserved_until, block_number, log_index
  from chain.reserved
  order by payer, provider, block_number desc, log_index desc) r
left join lateral (
  select sum(c.amount) as amount
  from chain.claimed c
  join chain.node_added n on n.node = c.node
  where c.payer = r.payer and n.provider = r.provider and (c.block_number, c.log_index) > (r.block_number, r.log_index)) used on true
where coalesce(used.amount, 0) < r.amount
  and not exists (
    select 1 from chain.reserve_released f
    where f.payer = r.payer and f.provider = r.provider and (f.block_number, f.log_index) > (r.block_number, r.log_index));

-- balance: all of the payer's money in escrow, as accountOf says.
-- available: what credit may rest on: confirmed deposits less everything that left, is leaving or is set aside for one provider.
create view chain.payer as
select
  p.payer,
  p.deposited,
  p.withdrawn,
  p.spent,
  coalesce(t.amount, 0) as thawing,
  coalesce(r.amount, 0) as reserved,
  greatest(p.deposited - p.withdrawn - p.spent, 0) as balance,
  greatest(p.confirmed - p.withdrawn - p.spent - coalesce(t.amount, 0) - coalesce(r.amount, 0), 0) as available,
  coalesce(e.epoch, 0) as epoch
from (
  select
    payer,
    sum(amount) filter (where kind = 'in') as deposited,
    coalesce(sum(amount) filter (where kind = 'in' and block_number <= (select confirmed from chain.cursor)), 0) as confirmed,
    coalesce(sum(amount) filter (where kind = 'out'), 0) as withdrawn,
    coalesce(sum(amount) filter (where kind = 'paid'), 0) as spent
  from (
    select payer, amount, block_number, 'in' as kind from chain.deposited
    union all select earner, amount, block_number, 'in' from chain.recycled
    union all select payer, amount, block_number, 'out' from chain.withdrawn
    union all select payer, amount, block_number, 'paid' from chain.claimed) moves
  group by payer) p
left join lateral (select sum(amount) as amount from chain.open_thaw where payer = p.payer) t on true
left join lateral (select sum(amount) as amount from chain.open_reserve where payer = p.payer) r on true
left join lateral (select max(epoch) as epoch from chain.epoch_raised where payer = p.payer) e on true;

-- The newest epoch of each payer that revoked; grants below it end at ends_at.
create view chain.epoch as
select distinct on (payer) payer, epoch, ends_at
from chain.epoch_raised
order by payer, epoch desc;

-- Grants that settlements registered. left_to_spend is bounded by the payer's balance too.
-- ends_at: when the revocation of its epoch takes effect, null while the epoch stands.
create view chain.grant as
select
  g.payer, g.spender, g.cap, g.spend_limit, g.valid_until, g.epoch,
  greatest(g.spend_limit - coalesce(s.spent, 0), 0) as left_to_spend,
  (select e.ends_at from chain.epoch_raised e where e.payer = g.payer and e.epoch = g.epoch + 1 order by e.block_number desc limit 1) as ends_at
from (
  select distinct on (payer, spender) payer, spender, cap, spend_limit, valid_until, epoch
  from chain.grant_registered
  order by payer, spender, block_number desc, log_index desc) g
left join lateral (select sum(amount) as spent from chain.claimed where payer = g.payer) s on true;

-- What vouchers of a payer to a node have been paid.
create view chain.pair as
select payer, node, sum(amount) as claimed, max(block_number) as block_number
from chain.claimed
group by payer, node;

-- last_sequence: the last receipt that a settled statement of the node covers.
create view chain.node as
select
  n.node, n.provider,
  exists (select 1 from chain.node_retired r where r.node = n.node) as retired,
  coalesce(s.last_sequence, 0) as last_sequence,
  coalesce(s.statements, 0) as statements
from chain.node_added n
left join lateral (
  select max(last_sequence) as last_sequence, count(*) as statements
  from chain.statement_settled where node = n.node) s on true;

-- stake: free, as stakeOf says. unbonding: on its way out and still slashable. Slashing takes unbonding stake first, so the
-- unbonding sum is a running sum that never falls below zero: its last value less its lowest, where that is negative.
create view chain.stake as
select
  provider,
  total - unbonding as stake,
  unbonding
from (
  select
    s.provider,
    sum(s.total) as total,
    coalesce((
      select m.running - least(m.lowest, 0)
      from (
        select
          sum(delta) over (order by block_number, log_index) as running,
          min(sum_so_far) over () as lowest,
          row_number() over (order by block_number desc, log_index desc) as newest
        from (
          select block_number, log_index, delta, sum(delta) over (order by block_number, log_index) as sum_so_far
          from (
            select block_number, log_index, amount::numeric as delta from chain.unbonding where provider = s.provider
            union all select block_number, log_index, -amount from chain.unstaked where provider = s.provider
            union all select block_number, log_index, -amount from chain.slashed where provider = s.provider) moves) sums) m
      where m.newest = 1), 0) as unbonding
  from (
    select provider, amount::numeric as total from chain.staked
    union all select provider, -amount from chain.unstaked
    union all select provider, -amount from chain.slashed) s
  group by s.provider) both_sums;

-- score = points on chain + achievements; level 0 (unverified) to 6 (master). endpoint and offers as last announced, null for never.
create view chain.provider as
select
  p.provider,
  coalesce(s.stake, 0) as stake,
  coalesce(s.unbonding, 0) as unbonding,
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
