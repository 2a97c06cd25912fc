import HashTreeCollections
import PostgresSyntax

/// A dictionary whose copies share all that is the same in them, so that every step of a replay can keep its own.
///
/// The nodes of the tree hold references: a changed entry copies a path of small nodes, not the values beside it.
public struct Registry<Key: RegistryKey, Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
  /// Changed only where nothing else refers to it.
  private final class Box: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  /// A key under the place that it chooses itself.
  private struct Slot: Hashable, Sendable {
    var key: Key
    init(_ key: Key) { self.key = key }

    static func == (a: Slot, b: Slot) -> Bool { a.key == b.key }
    func hash(into hasher: inout Hasher) { hasher.combine(key.place) }
    // The tree asks for nothing else; through a hasher, neighbours would be scattered again.
    func _rawHashValue(seed: Int) -> Int { key.place }
  }

  private var tree: TreeDictionary<Slot, Box> = [:]

  public init(dictionaryLiteral elements: (Key, Value)...) {
    for (key, value) in elements { tree[Slot(key)] = Box(value) }
  }

  public subscript(key: Key) -> Value? {
    get { tree[Slot(key)]?.value }
    set { tree[Slot(key)] = newValue.map(Box.init) }
  }

  /// Changes a value, in place where no other copy shares it.
  public mutating func update(_ key: Key, _ change: (inout Value) -> Void) {
    guard tree.keys.contains(Slot(key)) else { return }
    func missing() -> Box { preconditionFailure("the key was there") }
    tree.updateValue(forKey: Slot(key), default: missing()) { Self.change(&$0, change) }
  }

  public mutating func update(_ key: Key, default standard: Value, _ change: (inout Value) -> Void) {
    tree.updateValue(forKey: Slot(key), default: Box(standard)) { Self.change(&$0, change) }
  }

  private static func change(_ box: inout Box, _ change: (inout Value) -> Void) {
    if !isKnownUniquelyReferenced(&box) { box = Box(box.value) }
    change(&box.value)
  }

  public mutating func removeValue(forKey key: Key) -> Value? {
    tree.removeValue(forKey: Slot(key))?.value
  }

  public var isEmpty: Bool { tree.isEmpty }
  public var count: Int { tree.count }
  public var keys: some Sequence<Key> { tree.lazy.map(\.key.key) }
  public var values: some Sequence<Value> { tree.values.lazy.map { $0.value } }
  /// Keys with their values, in no particular order.
  public var entries: some Sequence<(Key, Value)> { tree.lazy.map { ($0.key.key, $0.value.value) } }
}

/// What a registry can have as a key.
public protocol RegistryKey: Hashable, Sendable {
  /// Where in the tree the key is, from the root down, five bits a level, the lowest first. Keys that change together
  /// share most of their paths when they share the lower bits: then a statement copies few nodes.
  var place: Int { get }
}

extension RegistryKey {
  public var place: Int { hashValue }
}

extension String: RegistryKey {}
extension ObjectName: RegistryKey {}

extension OID: RegistryKey {
  /// The highest digits first: what is made at the same time has numbers that differ in the last ones.
  public var place: Int {
    let digits = Int(number >> 1)
    var place = 0
    for level in 0..<5 { place |= (digits >> (20 - 5 * level) & 31) << (5 * level) }
    return place | Int(number & 1) << 25
  }
}

extension Address: RegistryKey {
  public var place: Int { oid.place | Int(kind.rawValue) << 30 | Int(column) << 35 }
}
