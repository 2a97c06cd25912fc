drop table node_registrations;
