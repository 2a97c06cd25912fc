import PostgresSyntax

/// A table-level lock mode; the order is that of `pg_locks`, weakest first.
///
/// Source: PostgreSQL documentation, section 13.3.1 "Table-Level Locks".
public enum LockMode: Int, Comparable, Sendable {
  case accessShare, rowShare, rowExclusive, shareUpdateExclusive, share, shareRowExclusive, exclusive, accessExclusive

  public static func < (a: LockMode, b: LockMode) -> Bool { a.rawValue < b.rawValue }

  /// The mode as LOCK TABLE writes it.
  public var name: String {
    switch self {
    case .accessShare: "ACCESS SHARE"
    case .rowShare: "ROW SHARE"
    case .rowExclusive: "ROW EXCLUSIVE"
    case .shareUpdateExclusive: "SHARE UPDATE EXCLUSIVE"
    case .share: "SHARE"
    case .shareRowExclusive: "SHARE ROW EXCLUSIVE"
    case .exclusive: "EXCLUSIVE"
    case .accessExclusive: "ACCESS EXCLUSIVE"
    }
  }

  /// Whether INSERT, UPDATE and DELETE have to wait for it.
  public var blocksWrites: Bool { self >= .share }
  /// Whether even SELECT has to wait for it.
  public var blocksReads: Bool { self == .accessExclusive }
}

/// A lock that a statement takes on a table that was there before it, with the work done while it is held.
public struct TableLock: Sendable {
  /// What takes as long as the table is large.
  public enum Work: Sendable {
    /// Every row is read.
    case scan
    /// An index over all rows is built.
    case indexBuild
    /// Every row is written anew.
    case rewrite
  }

  /// What asks for the lock.
  public enum Cause: Sendable {
    case index
    case foreignKey(ConstraintDefinition)
    case check(ConstraintDefinition)
    case key(ConstraintDefinition)
    case exclusion(ConstraintDefinition)
    case setNotNull(column: String)
    case requiredColumn(ColumnDefinition)
    case volatileDefault(ColumnDefinition)
    case serial(ColumnDefinition)
    case identity(ColumnDefinition)
    case generated(ColumnDefinition)
    case constrainedDomain(ColumnDefinition)
    case typeChange(column: String, from: DataType, to: DataType)
    case attach(partition: Reference)
    case trigger
    case persistence
    case storage
    case other
  }

  /// The table as it was before the statement.
  public var table: Relation
  public var mode: LockMode
  public var work: Work?
  public var cause: Cause
  /// Where the cause stands, in bytes of the file; nil for the whole statement.
  public var offset: Int?
}

extension Step {
  /// The locks that the statement takes on tables that were there before it; those of plain queries are left out.
  ///
  /// Source: PostgreSQL documentation, section 13.3.1; ALTER TABLE, "Notes"; PostgreSQL source, `AlterTableGetLockLevel`.
  public var tableLocks: [TableLock] {
    var collector = LockCollector(before: before, after: after)
    collector.add(statement.action)
    return collector.locks
  }
}

/// Says what a statement locks, and what it does meanwhile.
struct LockCollector {
  let before: Catalog
  let after: Catalog
  private(set) var locks: [TableLock] = []

  init(before: Catalog, after: Catalog) {
    self.before = before
    self.after = after
  }

  mutating func add(_ action: Action) {
    switch action {
    case .createIndex(let index):
      lock(
        index.table, index.isConcurrent ? .shareUpdateExclusive : .share, .indexBuild, .index)
    case .alterTable(let change):
      guard let table = before.relation(change.table.name), change.kind != .view else { return }
      for part in change.changes { add(part, table) }
    case .createTable(let table): createTable(table)
    case .createTrigger(let trigger): lock(trigger.table, .shareRowExclusive, nil, .trigger)
    case .createPolicy(let policy), .alterPolicy(let policy): lock(policy.table, .accessExclusive)
    case .createRule(let rule): lock(rule.table, .accessExclusive)
    case .drop(let drop): self.drop(drop)
    case .rename(let rename):
      let table = rename.target.table ?? rename.target.name
      if rename.kind.isRelation || rename.target.table != nil {
        lock(Reference(table, at: rename.target.offset), .accessExclusive)
      }
    case .setSchema(let target, _, _) where target.kind.isRelation:
      lock(Reference(target.name, at: target.offset), .accessExclusive)
    case .truncate(let tables, let cascade, _):
      for table in tables { lock(table, .accessExclusive) }
      if cascade { truncateReferring(to: tables.compactMap { before.relation($0.name)?.oid }) }
    case .vacuum(let vacuum) where vacuum.isVacuum && vacuum.options.contains("full"):
      for table in vacuum.tables { lock(table, .accessExclusive, .rewrite, .storage) }
    case .reindex(let kind, let target, let isConcurrent) where !isConcurrent:
      if kind == .table { lock(target, .share, .indexBuild, .other) }
      if kind == .index, let index = before.index(target.name), let table = before.relation(index.table) {
        add(TableLock(table: table, mode: .share, work: .indexBuild, cause: .other, offset: target.offset))
      }
    case .refresh(let view, let isConcurrent, _):
      lock(view, isConcurrent ? .exclusive : .accessExclusive, .rewrite, .other)
    case .lock(let tables): for table in tables { lock(table, .accessExclusive) }
    case .doBlock, .explain: break
    default: break
    }
  }

  private mutating func add(_ lock: TableLock) { locks.append(lock) }

  private mutating func lock(
    _ reference: Reference, _ mode: LockMode, _ work: TableLock.Work? = nil, _ cause: TableLock.Cause = .other
  ) {
    guard let table = before.relation(reference.name) else { return }
    add(
      TableLock(
        table: table, mode: mode, work: work, cause: cause, offset: reference.offset < 0 ? nil : reference.offset))
  }

  private mutating func createTable(_ statement: CreateTable) {
    if statement.ifNotExists, before.relation(statement.table.name) != nil { return }
    let inColumns = statement.columns.flatMap { $0.constraints }
    for constraint in statement.constraints + inColumns {
      guard case .foreignKey(let key) = constraint.kind else { continue }
      lock(key.target, .shareRowExclusive, nil, .foreignKey(constraint))
    }
    if let parent = statement.partitionOf { lock(parent, .accessExclusive) }
  }

  private mutating func drop(_ drop: Drop) {
    for object in drop.objects {
      switch drop.kind {
      case .table, .view, .materializedView, .foreignTable:
        lock(Reference(object.name, at: object.offset), .accessExclusive)
        guard let table = before.relation(object.name) else { continue }
        for constraint in table.constraints { unlink(constraint, table) }
        // CASCADE takes the keys of other tables with it.
        for other in before.tables(referencing: table.oid) where other.oid != table.oid {
          add(other, .accessExclusive, nil, .other)
        }
      case .index:
        guard let index = before.index(object.name), let table = before.relation(index.table) else { continue }
        add(
          TableLock(
            table: table, mode: drop.isConcurrent ? .shareUpdateExclusive : .accessExclusive, cause: .index,
            offset: object.offset < 0 ? nil : object.offset))
        unlinkReferring(to: table)
      case .trigger, .policy, .rule:
        guard let table = object.table, before.relation(table)?.has(drop.kind, object.name.name) != false else {
          continue
        }
        lock(Reference(table, at: object.offset), .accessExclusive)
      default: break
      }
    }
  }
}

// MARK: - ALTER TABLE

extension LockCollector {
  private mutating func add(
    _ table: Relation, _ mode: LockMode, _ work: TableLock.Work?, _ cause: TableLock.Cause, at offset: Int? = nil
  ) {
    locks.append(
      TableLock(table: table, mode: mode, work: work, cause: cause, offset: offset.flatMap { $0 < 0 ? nil : $0 }))
  }

  private mutating func add(_ change: AlterTable.Change, _ table: Relation) {
    switch change {
    case .addColumn(let column, let ifNotExists):
      guard !ifNotExists || table.column(column.name) == nil else { return add(table, .accessExclusive, nil, .other) }
      addColumn(column, table)
    case .setNotNull(let column):
      let isProved = table.column(column)?.isNotNull == true || table.provesNotNull(column)
      add(table, .accessExclusive, isProved ? nil : .scan, .setNotNull(column: column))
    case .setType(let column, _, _, let using):
      guard let old = table.column(column)?.type, let new = after.relation(table.oid)?.column(column)?.type else {
        return add(table, .accessExclusive, nil, .other)
      }
      relink(column, of: table)
      let rewrites = before.rewrites(old, to: new) || using.map { !$0.isPlain(column) } ?? false
      add(table, .accessExclusive, rewrites ? .rewrite : nil, .typeChange(column: column, from: old, to: new))
    case .addConstraint(let constraint): addConstraint(constraint, table)
    case .dropConstraint(let name, _, _):
      add(table, .accessExclusive, nil, .other)
      for constraint in table.constraints where constraint.name == name { unlink(constraint, table) }
      unlinkReferring(to: table)
    case .dropColumn(let name, _, _):
      add(table, .accessExclusive, nil, .other)
      for constraint in table.constraints where constraint.columns.contains(name) { unlink(constraint, table) }
      unlinkReferring(to: table)
    case .validateConstraint: add(table, .shareUpdateExclusive, .scan, .other)
    case .attachPartition(let child, let bound):
      add(table, .shareUpdateExclusive, nil, .other)
      if let partition = before.relation(child.name) {
        let isProved = partition.proves(bound, of: table)
        add(partition, .accessExclusive, isProved ? nil : .scan, .attach(partition: child), at: child.offset)
      }
      relinkPartition(of: table)
    case .detachPartition(_, let isConcurrent):
      add(table, isConcurrent ? .shareUpdateExclusive : .accessExclusive, nil, .other)
      relinkPartition(of: table)
    case .setPersistence: add(table, .accessExclusive, .rewrite, .persistence)
    case .tablespace, .accessMethod: add(table, .accessExclusive, .rewrite, .storage)
    case .setColumnProperty(_, let property, _) where ["storage", "compression"].contains(property):
      add(table, .accessExclusive, nil, .other)
    case .setOptions, .setColumnProperty, .cluster: add(table, .shareUpdateExclusive, nil, .other)
    case .trigger: add(table, .shareRowExclusive, nil, .trigger)
    default: add(table, .accessExclusive, nil, .other)
    }
  }

  /// A foreign key has triggers on both tables, and dropping them locks both.
  private mutating func unlink(_ constraint: Constraint, _ table: Relation) {
    guard let key = constraint.foreignKey, key.target != table.oid, let target = before.relation(key.target) else {
      return
    }
    add(target, .accessExclusive, nil, .other)
  }

  /// A partition that comes or goes gets or loses the foreign keys of the whole.
  private mutating func relinkPartition(of table: Relation) {
    for constraint in table.constraints {
      guard let key = constraint.foreignKey, key.target != table.oid, let target = before.relation(key.target) else {
        continue
      }
      add(target, .shareRowExclusive, nil, .other)
    }
  }

  /// CASCADE takes with a key the foreign keys of other tables that rest on it.
  private mutating func unlinkReferring(to table: Relation) {
    func keys(_ relation: Relation?) -> Int {
      relation?.constraints.count { $0.foreignKey?.target == table.oid } ?? 0
    }
    for other in before.tables(referencing: table.oid) where other.oid != table.oid {
      if keys(after.relation(other.oid)) < keys(other) { add(other, .accessExclusive, nil, .other) }
    }
  }

  /// A foreign key of a column that gets another type is made anew, which locks both tables.
  private mutating func relink(_ column: String, of table: Relation) {
    for constraint in table.constraints where constraint.columns.contains(column) { unlink(constraint, table) }
    for other in before.tables(referencing: table.oid) where other.oid != table.oid {
      let refers = other.constraints.contains {
        $0.foreignKey?.target == table.oid && $0.foreignKey?.targetColumns.contains(column) == true
      }
      if refers { add(other, .accessExclusive, nil, .other) }
    }
  }

  /// TRUNCATE … CASCADE empties every table that refers to one of them, and those that refer to those.
  private mutating func truncateReferring(to tables: [OID]) {
    var seen = Set(tables)
    var open = tables
    while let next = open.popLast() {
      for other in before.tables(referencing: next) where seen.insert(other.oid).inserted {
        add(other, .accessExclusive, nil, .other)
        open.append(other.oid)
      }
    }
  }

  private mutating func addColumn(_ column: ColumnDefinition, _ table: Relation) {
    let offset = column.offset
    var cause = TableLock.Cause.other
    var work: TableLock.Work?
    var hasDefault = false
    var isRequired = false
    for constraint in column.constraints {
      switch constraint.kind {
      case .default(let value):
        hasDefault = true
        if before.volatility(of: value) == .volatile { (work, cause) = (.rewrite, .volatileDefault(column)) }
      case .identity:
        hasDefault = true
        (work, cause) = (.rewrite, .identity(column))
      case .generated:
        hasDefault = true
        (work, cause) = (.rewrite, .generated(column))
      case .notNull, .primaryKey: isRequired = true
      default: break
      }
    }
    if let type = column.type, type.isSerial {
      hasDefault = true
      (work, cause) = (.rewrite, .serial(column))
    } else if work == nil, let type = after.relation(table.oid)?.column(column.name)?.type,
      case .domain(let domain)? = before.types[type.oid]?.kind
    {
      if domain.defaultValue != nil { hasDefault = true }
      if domain.isNotNull || !domain.constraints.isEmpty { (work, cause) = (.rewrite, .constrainedDomain(column)) }
    }
    if work == nil, isRequired, !hasDefault { cause = .requiredColumn(column) }
    add(table, .accessExclusive, work, cause, at: offset)
    for constraint in column.constraints {
      switch constraint.kind {
      case .check, .primaryKey, .unique: addConstraint(constraint, table)
      case .foreignKey:
        // A column that is NULL in every row refers to nothing: the server looks nothing up.
        var constraint = constraint
        if !hasDefault { constraint.isNotValid = true }
        addConstraint(constraint, table)
      default: break
      }
    }
  }

  private mutating func addConstraint(_ constraint: ConstraintDefinition, _ table: Relation) {
    let offset = constraint.offset
    switch constraint.kind {
    case .foreignKey(let key):
      add(table, .shareRowExclusive, constraint.isNotValid ? nil : .scan, .foreignKey(constraint), at: offset)
      if let target = before.relation(key.target.name), target.oid != table.oid {
        add(target, .shareRowExclusive, nil, .foreignKey(constraint), at: offset)
      }
    case .check:
      add(table, .accessExclusive, constraint.isNotValid ? nil : .scan, .check(constraint), at: offset)
    case .primaryKey(let key):
      let isBuilt = key.index != nil
      let columns = key.index.flatMap { name in
        before.index(ObjectName(schema: table.name.schema, name))?.elements.compactMap(\.column)
      }
      let isScanned = (columns ?? []).contains { name in
        table.column(name)?.isNotNull != true && !table.provesNotNull(name)
      }
      let work: TableLock.Work? = isBuilt ? (isScanned ? .scan : nil) : .indexBuild
      add(table, .accessExclusive, work, .key(constraint), at: offset)
    case .unique(let key, _):
      add(table, .accessExclusive, key.index == nil ? .indexBuild : nil, .key(constraint), at: offset)
    case .exclusion: add(table, .accessExclusive, .indexBuild, .exclusion(constraint), at: offset)
    default: add(table, .accessExclusive, nil, .other, at: offset)
    }
  }
}

extension TypeName {
  /// `serial` and its relatives, which make a sequence and fill every row from it.
  public var isSerial: Bool {
    ["serial", "serial2", "serial4", "serial8", "bigserial", "smallserial"].contains(name.name)
      && (name.schema == nil || name.schema == "pg_catalog")
  }
}

extension Expression {
  /// Whether it is the column itself, perhaps with a cast.
  fileprivate func isPlain(_ column: String) -> Bool {
    switch self {
    case .column(let path, _, _): path.last == column
    case .cast(let operand, _, _): operand.isPlain(column)
    default: false
    }
  }
}

extension Relation {
  /// Whether it has a trigger, policy or rule of a name; nil where that isn't known.
  fileprivate func has(_ kind: ObjectKind, _ name: String) -> Bool? {
    if isAssumed { return nil }
    switch kind {
    case .trigger: return triggers.contains { $0.name == name }
    case .policy: return policies.contains { $0.name == name }
    default: return nil
    }
  }
}
