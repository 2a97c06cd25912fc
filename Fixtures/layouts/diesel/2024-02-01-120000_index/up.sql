CREATE INDEX CONCURRENTLY idx_posts_author ON posts (author_id);
