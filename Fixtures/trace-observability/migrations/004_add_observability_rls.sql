-- Users see and write what is theirs. The function that says who asks stands in a subquery, so that it is called once for
-- each statement.
alter table traces enable row level security;
alter table traces force row level security;
alter table spans enable row level security;
alter table spans force row level security;

grant select, insert, update, delete on traces, spans to authenticated;

create policy "Users can view their own traces" on traces
    for select to authenticated
    using (user_id = (select auth.uid()));

create policy "Users can insert their own traces" on traces
    for insert to authenticated
    with check (user_id = (select auth.uid()));

create policy "Users can update their own traces" on traces
    for update to authenticated
    using (user_id = (select auth.uid()))
    with check (user_id = (select auth.uid()));

create policy "Users can delete their own traces" on traces
    for delete to authenticated
    using (user_id = (select auth.uid()));

create policy "Users can view spans from their own traces" on spans
    for select to authenticated
    using (trace_id in (select traces.trace_id from traces where traces.user_id = (select auth.uid())));

create policy "Users can insert spans to their own traces" on spans
    for insert to authenticated
    with check (trace_id in (select traces.trace_id from traces where traces.user_id = (select auth.uid())));

create policy "Users can update spans in their own traces" on spans
    for update to authenticated
    using (trace_id in (select traces.trace_id from traces where traces.user_id = (select auth.uid())))
    with check (trace_id in (select traces.trace_id from traces where traces.user_id = (select auth.uid())));

create policy "Users can delete spans of their own traces" on spans
    for delete to authenticated
    using (trace_id in (select traces.trace_id from traces where traces.user_id = (select auth.uid())));
