import PostgresSyntax

extension DataType {
  /// Whether one is a timestamp with and the other without time zone: in UTC both are stored alike (PostgreSQL 12 release
  /// notes).
  public func isOtherTimestamp(than other: DataType) -> Bool { Set([oid, other.oid]) == [.timestamp, .timestamptz] }
}

/// What changing a column's type does to the rows that are there.
///
/// Source: PostgreSQL documentation, ALTER TABLE, "Notes"; PostgreSQL source, `ATColumnChangeRequiresRewrite` and the
/// support functions of the length coercions.
extension Catalog {
  /// Whether every row is written anew.
  public func rewrites(_ old: DataType, to new: DataType) -> Bool {
    if old.oid == new.oid { return !widens(old, to: new) }
    guard isBinaryCoercible(old.oid, to: new.oid) else { return true }
    if case .domain(let domain)? = types[new.oid]?.kind { return domain.isNotNull || !domain.constraints.isEmpty }
    // `varchar(50)` to `text` keeps every value; `text` to `varchar(50)` checks and may cut.
    return new.modifier != nil && !(widens(DataType(new.oid, modifier: old.modifier), to: new) && old.modifier != nil)
  }

  /// Whether the column's type is a domain that gives a value where none is given.
  public func hasDefault(_ column: Column) -> Bool {
    guard let type = column.type, case .domain(let domain)? = types[type.oid]?.kind else { return false }
    return domain.defaultValue != nil
  }

  /// The values of an enum; nil for any other type.
  public func enumValues(_ type: DataType) -> [String]? {
    if case .enumeration(let labels)? = types[type.oid]?.kind { labels } else { nil }
  }

  /// Whether the type itself says which values there are.
  public func isEnumOrDomain(_ type: DataType) -> Bool {
    switch types[type.oid]?.kind {
    case .enumeration, .domain: true
    default: false
    }
  }

  /// The type of an array's elements; nil for any other type.
  public func element(of type: DataType) -> OID? {
    facts(of: type.oid).flatMap { $0.isArray ? $0.element : nil }
  }

  /// Whether the new type may not hold every value of the old one.
  public func narrows(_ old: DataType, to new: DataType) -> Bool {
    if old.oid == .numeric, new.oid == .numeric, let a = Self.digits(old), let b = Self.digits(new) {
      return b.whole < a.whole || b.fraction < a.fraction
    }
    if old.oid == new.oid { return old != new && !widens(old, to: new) }
    if let a = Self.integerWidths[old.oid], let b = Self.integerWidths[new.oid] { return b < a }
    let texts: Set<OID> = [.text, .varchar, .bpchar]
    if texts.contains(old.oid), texts.contains(new.oid) {
      guard let length = new.modifier.flatMap({ Int($0) }) else { return false }
      return old.modifier.flatMap { Int($0) }.map { length < $0 } ?? true
    }
    switch (old.oid, new.oid) {
    case (.doublePrecision, .real), (.numeric, .real): return true
    case (.doublePrecision, _), (.real, _), (.numeric, _): return Self.integerWidths[new.oid] != nil
    case (.timestamptz, .date), (.timestamp, .date): return true
    default: return false
    }
  }

  /// The digits before and behind the point.
  private static func digits(_ type: DataType) -> (whole: Int, fraction: Int)? {
    guard let parts = type.modifier?.split(separator: ",").compactMap({ Int($0) }), parts.count == 2 else { return nil }
    return (parts[0] - parts[1], parts[1])
  }

  private static let integerWidths: [OID: Int] = [.smallint: 2, .integer: 4, .bigint: 8]

  private func widens(_ old: DataType, to new: DataType) -> Bool {
    guard let wanted = new.modifier else { return true }
    guard let given = old.modifier else { return false }
    let a = given.split(separator: ",").compactMap { Int($0) }
    let b = wanted.split(separator: ",").compactMap { Int($0) }
    guard a.count == b.count, !a.isEmpty else { return given == wanted }
    return old.oid == .numeric && a.count == 2
      ? b[0] >= a[0] && a[1] == b[1] : b[0] >= a[0] && a.dropFirst() == b.dropFirst()
  }
}
