ALTER TABLE #[table_prefix]users DROP COLUMN name;
