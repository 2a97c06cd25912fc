import HashTreeCollections

/// A dictionary whose copies share all that is the same in them, so that every step of a replay can keep its own.
///
/// The nodes of the tree hold references: a changed entry copies a path of small nodes, not the values beside it.
public struct Registry<Key: Hashable & Sendable, Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
  /// Changed only where nothing else refers to it.
  private final class Box: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  private var tree: TreeDictionary<Key, Box> = [:]

  public init(dictionaryLiteral elements: (Key, Value)...) {
    for (key, value) in elements { tree[key] = Box(value) }
  }

  public subscript(key: Key) -> Value? {
    get { tree[key]?.value }
    set { tree[key] = newValue.map(Box.init) }
  }

  /// Changes a value, in place where no other copy shares it.
  public mutating func update(_ key: Key, _ change: (inout Value) -> Void) {
    guard tree.keys.contains(key) else { return }
    func missing() -> Box { preconditionFailure("the key was there") }
    tree.updateValue(forKey: key, default: missing()) { Self.change(&$0, change) }
  }

  public mutating func update(_ key: Key, default standard: Value, _ change: (inout Value) -> Void) {
    tree.updateValue(forKey: key, default: Box(standard)) { Self.change(&$0, change) }
  }

  private static func change(_ box: inout Box, _ change: (inout Value) -> Void) {
    if !isKnownUniquelyReferenced(&box) { box = Box(box.value) }
    change(&box.value)
  }

  public mutating func removeValue(forKey key: Key) -> Value? {
    tree.removeValue(forKey: key)?.value
  }

  public var isEmpty: Bool { tree.isEmpty }
  public var count: Int { tree.count }
  public var keys: some Sequence<Key> { tree.keys }
  public var values: some Sequence<Value> { tree.values.lazy.map { $0.value } }
  /// Keys with their values, in no particular order.
  public var entries: some Sequence<(Key, Value)> { tree.lazy.map { ($0.key, $0.value.value) } }
}
