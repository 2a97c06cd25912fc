-- Settings of each user. The column's default is constant, so that no row is written anew.
set lock_timeout = '5s';

alter table profiles add column settings jsonb not null default '{}'::jsonb;
comment on column profiles.settings is 'What the user prefers, the configuration of his observability included';

reset lock_timeout;
