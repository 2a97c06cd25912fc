drop table metadata_stamps;
