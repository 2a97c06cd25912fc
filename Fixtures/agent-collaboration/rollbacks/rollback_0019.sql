drop table conflict_resolutions;
