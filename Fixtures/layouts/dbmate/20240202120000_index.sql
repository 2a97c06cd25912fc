-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY idx_posts_author ON posts (author_id);

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY idx_posts_author;
