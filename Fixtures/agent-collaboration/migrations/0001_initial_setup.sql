-- Extensions, types and functions that the tables need.
create extension if not exists "uuid-ossp";

create type task_status as enum (
    'pending', 'assigned', 'accepted', 'rejected',
    'in_progress', 'completed', 'failed', 'cancelled', 'timeout'
);
create type task_priority as enum ('low', 'normal', 'high', 'critical');
create type workflow_type as enum ('sequential', 'parallel', 'conditional', 'collaborative');
create type workflow_status as enum (
    'pending', 'running', 'paused', 'completed', 'failed', 'cancelled', 'timeout'
);
create type delegation_type as enum ('manual', 'automatic', 'failover', 'load_balance');
create type workspace_visibility as enum ('private', 'team', 'public');
create type member_role as enum ('owner', 'admin', 'member', 'viewer');

create function update_updated_at_column() returns trigger language plpgsql as $$
begin
    new.updated_at := current_timestamp;
    return new;
end;
$$;

-- The tenant of the session. It only reads a setting, and so needs nobody's rights and gives the same for all rows of a
-- statement.
create function current_tenant_id() returns uuid language sql stable as $$
    select nullif(current_setting('app.current_tenant', true), '')::uuid
$$;

create function validate_jsonb_keys(data jsonb, required_keys text[]) returns boolean language sql immutable as $$
    select data ?& required_keys
$$;

create function jsonb_merge_recursive(target jsonb, source jsonb) returns jsonb language plpgsql immutable as $$
begin
    if jsonb_typeof(target) = 'object' and jsonb_typeof(source) = 'object' then
        return coalesce((
            select jsonb_object_agg(
                coalesce(t.key, s.key),
                case
                    when s.key is null then t.value
                    when t.key is null then s.value
                    else jsonb_merge_recursive(t.value, s.value)
                end
            )
            from jsonb_each(target) t
            full outer join jsonb_each(source) s on t.key = s.key
        ), '{}'::jsonb);
    end if;
    return source;
end;
$$;
