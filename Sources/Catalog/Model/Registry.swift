import HashTreeCollections

/// A dictionary whose copies share all that is the same in them, so that every step of a replay can keep its own.
///
/// The nodes of the tree hold references: a changed entry copies a path of small nodes, not the values beside it.
public struct Registry<Key: Hashable & Sendable, Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
  private final class Box: Sendable {
    let value: Value
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

  public subscript(key: Key, default standard: @autoclosure () -> Value) -> Value {
    get { tree[key]?.value ?? standard() }
    set { tree[key] = Box(newValue) }
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
