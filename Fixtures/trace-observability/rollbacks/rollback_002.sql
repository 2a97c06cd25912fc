alter table profiles drop column settings;
