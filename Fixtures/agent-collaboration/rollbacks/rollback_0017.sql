drop table document_operations;
drop sequence document_operation_seq;
