-- The role as which the program connects; the schema begins empty.
CREATE ROLE workflow_app;
