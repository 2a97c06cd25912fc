-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY idx_posts_author ON posts (author_id);

-- +goose Down
DROP INDEX CONCURRENTLY idx_posts_author;
