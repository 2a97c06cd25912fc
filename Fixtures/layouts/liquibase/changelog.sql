--liquibase formatted sql

--changeset author:users
CREATE TABLE users (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email TEXT NOT NULL UNIQUE
);
--rollback DROP TABLE users;

--changeset author:posts
CREATE TABLE posts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title TEXT NOT NULL
);
--rollback DROP TABLE posts;

--changeset author:index runInTransaction:false
CREATE INDEX CONCURRENTLY idx_posts_author ON posts (author_id);
--rollback DROP INDEX idx_posts_author;

--changeset author:names
ALTER TABLE users ADD COLUMN ${name_column} TEXT;
--rollback ALTER TABLE users DROP COLUMN ${name_column};
