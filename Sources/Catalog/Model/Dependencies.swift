import HashTreeCollections

/// Which object needs which (PostgreSQL documentation, sections 5.14 "Dependency Tracking" and 53.18 `pg_depend`).
struct Dependencies: Sendable {
  enum Kind: UInt8, Sendable {
    /// The dependent keeps what it needs from being dropped.
    case normal
    /// The dependent goes with what it needs.
    case automatic
  }

  struct Entry: Hashable, Sendable {
    var dependent: Address
    /// The column of the object that is needed; 0 for the object as a whole.
    var column: Int32
    var kind: Kind
  }

  /// Who needs an object.
  private var entries: Registry<OID, TreeSet<Entry>> = [:]
  /// What an object needs, to forget it when the object goes or changes.
  private var needs: Registry<Address, [(oid: OID, entry: Entry)]> = [:]
  /// The tables of constraints, triggers, policies and rules.
  private var owners: Registry<OID, OID> = [:]

  mutating func add(_ dependent: Address, needs oid: OID, column: Int32 = 0, kind: Kind = .normal) {
    guard !oid.isBuiltIn else { return }
    // An array type is its element type's.
    let oid = oid.number & 1 == 1 ? OID(oid.number - 1) : oid
    let entry = Entry(dependent: dependent, column: column, kind: kind)
    var isNew = false
    entries.update(oid, default: []) { isNew = $0.insert(entry).inserted }
    if isNew { needs.update(dependent, default: []) { $0.append((oid, entry)) } }
  }

  mutating func add(_ dependent: Address, needs uses: Uses, kind: Kind = .normal) {
    for use in uses.list { add(dependent, needs: use.oid, column: use.column, kind: kind) }
  }

  mutating func setOwner(of part: OID, _ relation: OID) { owners[part] = relation }

  func owner(of part: OID) -> OID? { owners[part] }

  /// In the order in which the dependents were made.
  func entries(of oid: OID) -> [Entry] {
    (entries[oid] ?? []).sorted { a, b in
      let (first, second) = (a.dependent, b.dependent)
      return (first.oid, first.column, first.kind.rawValue, a.column)
        < (second.oid, second.column, second.kind.rawValue, b.column)
    }
  }

  /// The objects that need an object, as a whole or some column of it.
  func dependents(of oid: OID) -> [Address] { entries(of: oid).map(\.dependent) }

  /// Forgets what an object needs.
  mutating func removeNeeds(of dependent: Address) {
    guard let list = needs.removeValue(forKey: dependent) else { return }
    for (oid, entry) in list {
      entries.update(oid) { $0.remove(entry) }
    }
  }

  /// Forgets one of the things that an object needs.
  mutating func remove(_ dependent: Address, needs oid: OID) {
    for (known, entry) in needs[dependent] ?? [] where known == oid { entries.update(oid) { $0.remove(entry) } }
    needs.update(dependent) { $0.removeAll { $0.oid == oid } }
  }

  /// Forgets an object.
  mutating func remove(_ oid: OID) {
    entries[oid] = nil
    owners[oid] = nil
  }

  func needs(of dependent: Address) -> [OID] { (needs[dependent] ?? []).map(\.oid) }
}

/// The objects and columns that an expression or query uses.
struct Uses: Sendable {
  struct Use: Hashable, Sendable {
    var oid: OID
    var column: Int32 = 0
  }

  private(set) var list: [Use] = []
  private var seen: Set<Use> = []

  mutating func add(_ oid: OID?, column: Int32 = 0) {
    guard let oid, !oid.isBuiltIn else { return }
    let use = Use(oid: oid, column: column)
    if seen.insert(use).inserted { list.append(use) }
  }

  mutating func add(_ other: Uses) {
    for use in other.list { add(use.oid, column: use.column) }
  }
}
