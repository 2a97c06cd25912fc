drop table fsm_transitions;
