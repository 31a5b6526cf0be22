-- Names for what the protocol's types are in Postgres. The names are never reused for anything else.

create domain address as bytea
  check (octet_length(value) = 20);

create domain bytes32 as bytea
  check (octet_length(value) = 32);

create domain signature as bytea
  check (octet_length(value) = 65);

-- Money: base units of the rail's token, as uint128 on chain.
create domain amount as numeric(39, 0)
  check (value >= 0 and value <= 340282366920938463463374607431768211455);

-- Whatever is a uint64 on chain and may use its highest bit (a grant that never ends, a sum that saturates).
create domain uint64 as numeric(20, 0)
  check (value >= 0 and value <= 18446744073709551615);
