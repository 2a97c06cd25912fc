drop table shared_documents;
