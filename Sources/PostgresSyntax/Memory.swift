import CPgQuery

/// Has the allocator take memory in large steps and keep what is freed. Statements come and go by the thousand, and giving
/// their memory back each time is a fifth of the time of a long run. For programs, which call it once, at their start.
public func keepFreedMemory() { scx_keep_memory() }
