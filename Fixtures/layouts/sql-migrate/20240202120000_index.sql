-- +migrate Up notransaction
CREATE INDEX CONCURRENTLY idx_posts_author ON posts (author_id);

-- +migrate Down notransaction
DROP INDEX CONCURRENTLY idx_posts_author;
