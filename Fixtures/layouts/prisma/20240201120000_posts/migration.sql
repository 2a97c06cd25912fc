-- CreateTable
CREATE TABLE posts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id BIGINT NOT NULL REFERENCES "User" (id) ON DELETE CASCADE,
    title TEXT NOT NULL
);

CREATE INDEX idx_posts_author ON posts (author_id);
