-- Every change leaves a row in the audit log. The function runs as whoever makes the change, so that the log's policy
-- holds for it as well.
create function audit_trigger_function() returns trigger language plpgsql as $$
declare
    before_it jsonb;
    after_it jsonb;
    fields text[];
begin
    if tg_op <> 'INSERT' then before_it := to_jsonb(old); end if;
    if tg_op <> 'DELETE' then after_it := to_jsonb(new); end if;

    if tg_op = 'UPDATE' then
        select array_agg(e.key) into fields
        from jsonb_each(after_it) e
        where e.value is distinct from before_it -> e.key;
    end if;

    insert into audit_log
        (tenant_id, table_name, record_id, action, old_data, new_data, changed_fields, changed_by, ip_address, user_agent)
    values (
        (coalesce(after_it, before_it) ->> 'tenant_id')::uuid,
        tg_table_name,
        (coalesce(after_it, before_it) ->> 'id')::uuid,
        tg_op,
        before_it,
        after_it,
        fields,
        coalesce(nullif(current_setting('app.current_user', true), ''), 'system'),
        nullif(current_setting('app.client_ip', true), '')::inet,
        nullif(current_setting('app.user_agent', true), '')
    );

    return null;
end;
$$;

create trigger audit_tasks after insert or update or delete on tasks
    for each row execute function audit_trigger_function();
create trigger audit_workflows after insert or update or delete on workflows
    for each row execute function audit_trigger_function();
create trigger audit_workspaces after insert or update or delete on workspaces
    for each row execute function audit_trigger_function();
create trigger audit_documents after insert or update or delete on shared_documents
    for each row execute function audit_trigger_function();
