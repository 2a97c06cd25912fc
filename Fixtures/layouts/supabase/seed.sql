INSERT INTO users (email) VALUES ('someone@example.org');
