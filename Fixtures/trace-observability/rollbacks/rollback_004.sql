drop policy "Users can delete spans of their own traces" on spans;
drop policy "Users can update spans in their own traces" on spans;
drop policy "Users can insert spans to their own traces" on spans;
drop policy "Users can view spans from their own traces" on spans;
drop policy "Users can delete their own traces" on traces;
drop policy "Users can update their own traces" on traces;
drop policy "Users can insert their own traces" on traces;
drop policy "Users can view their own traces" on traces;

revoke select, insert, update, delete on traces, spans from authenticated;

alter table spans no force row level security;
alter table spans disable row level security;
alter table traces no force row level security;
alter table traces disable row level security;
