/// Numbers that look random and are the same in every run.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (SplitMix64).
struct Randomness: RandomNumberGenerator {
  private var state: UInt64

  /// A stream of its own for each name.
  init(seed: Int, _ names: String...) {
    state = names.reduce(UInt64(bitPattern: Int64(seed)) &+ 0x9e37_79b9_7f4a_7c15) { state, name in
      name.utf8.reduce(state) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// From 0 up to 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// From 0, below `count`.
  mutating func below(_ count: Int) -> Int { count <= 1 ? 0 : Int(next() % UInt64(count)) }

  mutating func happens(_ probability: Double) -> Bool { fraction() < probability }
}
