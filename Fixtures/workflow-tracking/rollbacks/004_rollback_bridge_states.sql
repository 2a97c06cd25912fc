drop table bridge_states;
