-- A node that joins is handed the vouchers that it may have missed.
create index pair_account_unsettled on pair_account (node) where owed > claimed;
