ALTER TABLE #[table_prefix]users ADD COLUMN name TEXT;
