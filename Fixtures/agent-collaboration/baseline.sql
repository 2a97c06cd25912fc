-- The role as which the agents' program connects, and the extension that the administrators have installed. The schema
-- begins empty.
CREATE ROLE collaboration_app;

CREATE EXTENSION "uuid-ossp";
