DROP TABLE #[table_prefix]users;
