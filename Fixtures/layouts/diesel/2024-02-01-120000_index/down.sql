DROP INDEX CONCURRENTLY idx_posts_author;
