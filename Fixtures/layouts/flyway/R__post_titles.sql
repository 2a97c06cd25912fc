CREATE OR REPLACE VIEW post_titles AS
SELECT p.title, u.email FROM posts p JOIN #[table_prefix]users u ON u.id = p.author_id;
