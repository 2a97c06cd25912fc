import PostgresSyntax

/// `FOR VALUES …` (PostgreSQL documentation, CREATE TABLE, "PARTITION OF").
extension Application {
  mutating func checkBound(_ bound: PartitionBound, of child: OID, in parent: OID, at offset: Int) {
    guard let table = catalog.relations[parent], let strategy = table.partitionKey?.strategy else { return }
    switch (bound, strategy) {
    case (.list, "list"), (.range, "range"), (.hash, "hash"), (.default, "list"), (.default, "range"): break
    case (.default, _): return reject("a hash-partitioned table may not have a default partition", "42P16", at: offset)
    default: return reject("invalid bound specification for a \(strategy) partition", "42P16", at: offset)
    }
    let problem: (String, String)? =
      switch bound {
      case .default: nil
      case .list(let values): values.compactMap { self.problem(with: $0) }.first
      case .range(let from, let to): problem(withRange: from, to, of: table)
      case .hash(let modulus, let remainder): problem(withModulus: modulus, remainder, in: table, except: child)
      }
    if let (message, sqlState) = problem { return reject(message, sqlState, at: offset) }
    if case .range(let from, let to) = bound, let order = from.compareBounds(to), order >= 0 {
      return reject("empty range bound specified for partition", "42P17", at: offset)
    }
    for sibling in catalog.children(of: parent) where sibling.oid != child {
      guard let other = sibling.bound, bound.overlaps(other) else { continue }
      return reject(
        "partition '\(catalog.relations[child]?.name.name ?? "")' would overlap partition '\(sibling.name.name)'",
        "42P17", at: offset)
    }
  }

  private func problem(withRange from: [Expression], _ to: [Expression], of table: Relation) -> (String, String)? {
    if let problem = (from + to).lazy.compactMap({ self.problem(with: $0, isRange: true) }).first { return problem }
    let width = table.partitionKey?.columns.count ?? 0
    if from.count != width || to.count != width {
      return ("\(from.count != width ? "FROM" : "TO") must specify exactly one value per partitioning column", "42P16")
    }
    for bounds in [from, to] {
      for (value, next) in zip(bounds, bounds.dropFirst()) {
        switch (value.boundValue, next.boundValue) {
        case (.minimum?, .minimum?), (.maximum?, .maximum?): continue
        case (.minimum?, _): return ("every bound following MINVALUE must also be MINVALUE", "42804")
        case (.maximum?, _): return ("every bound following MAXVALUE must also be MAXVALUE", "42804")
        default: continue
        }
      }
    }
    return nil
  }

  private func problem(
    withModulus modulus: Int, _ remainder: Int, in table: Relation, except child: OID
  ) -> (String, String)? {
    if modulus <= 0 { return ("modulus for hash partition must be an integer value greater than zero", "42P16") }
    if remainder < 0 {
      return ("remainder for hash partition must be an integer value greater than or equal to zero", "42P16")
    }
    if remainder >= modulus { return ("remainder for hash partition must be less than modulus", "42P16") }
    let others = catalog.children(of: table.oid).filter { $0.oid != child }.compactMap { sibling -> Int? in
      if case .hash(let modulus, _) = sibling.bound { modulus } else { nil }
    }
    let isFactor = others.allSatisfy { $0 % modulus == 0 || modulus % $0 == 0 }
    return isFactor
      ? nil : ("every hash partition modulus must be a factor of the next larger modulus", "42P17")
  }

  /// A bound is a constant, or computes one from constants.
  private func problem(with value: Expression, isRange: Bool = false) -> (String, String)? {
    if isRange, value.boundValue == .null { return ("cannot specify NULL in range bound", "42P17") }
    if isRange, value.boundValue != nil { return nil }
    var found: (String, String)?
    value.walk { part in
      guard found == nil else { return }
      switch part {
      case .column: found = ("cannot use column reference in partition bound expression", "0A000")
      case .subquery: found = ("cannot use subquery in partition bound", "0A000")
      case .call(let call):
        let candidates = catalog.functions(call.name)
        // What an aggregate is given is looked at before the aggregate itself.
        if call.arguments.contains(where: { !$0.columnNames.isEmpty }) { return }
        if candidates.contains(where: { $0.kind == .aggregate }) {
          found = ("aggregate functions are not allowed in partition bound", "42803")
        } else if !candidates.isEmpty, candidates.allSatisfy(\.returnsSet) {
          found = ("set-returning functions are not allowed in partition bound", "0A000")
        }
      default: break
      }
    }
    return found
  }
}

extension [Expression] {
  /// The order of two bounds of a range, column by column; nil where it isn't evident.
  fileprivate func compareBounds(_ other: [Expression]) -> Int? {
    for (a, b) in zip(self, other) {
      guard let a = a.boundValue, let b = b.boundValue, let order = a.compare(b) else { return nil }
      if order != 0 || a == .minimum || a == .maximum { return order }
    }
    return 0
  }
}

extension PartitionBound {
  /// Whether some row would belong to both, as far as constants tell.
  fileprivate func overlaps(_ other: PartitionBound) -> Bool {
    switch (self, other) {
    case (.default, .default): return true
    case (.list(let a), .list(let b)):
      let values = Set(a.compactMap(\.boundValue))
      return b.compactMap(\.boundValue).contains { values.contains($0) }
    case (.hash(let m, let r), .hash(let n, let s)):
      let smaller = min(m, n)
      return smaller > 0 && r % smaller == s % smaller
    case (.range(let low, let high), .range(let otherLow, let otherHigh)):
      guard let first = low.compareBounds(otherHigh), let second = otherLow.compareBounds(high) else { return false }
      return first < 0 && second < 0
    default: return false
    }
  }
}

/// A constant in a partition's bound.
enum BoundValue: Hashable {
  case minimum, maximum, null
  case number(Int)
  case text(String)

  /// Below 0, 0 or above 0; nil where the two can't be compared without knowing more.
  func compare(_ other: BoundValue) -> Int? {
    switch (self, other) {
    case (.minimum, .minimum), (.maximum, .maximum): return 0
    case (.minimum, _), (_, .maximum): return -1
    case (.maximum, _), (_, .minimum): return 1
    case (.number(let a), .number(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.text(let a), .text(let b)):
      // Dates and times of one form compare as text does.
      guard a.utf8.count == b.utf8.count, a.isDateLike, b.isDateLike else { return a == b ? 0 : nil }
      return a < b ? -1 : a == b ? 0 : 1
    default: return nil
    }
  }
}

extension String {
  fileprivate var isDateLike: Bool {
    utf8.count >= 10 && utf8.first.map { $0 >= 48 && $0 <= 57 } == true && dropFirst(4).first == "-"
  }
}

extension Expression {
  fileprivate var boundValue: BoundValue? {
    switch self {
    case .literal(.integer(let number), _): .number(number)
    case .literal(.string(let text), _): Int(text).map { .number($0) } ?? .text(text)
    case .literal(.null, _): .null
    case .literal(.boolean(let value), _): .text(value ? "true" : "false")
    case .column(let path, _, _) where path.count == 1 && path[0].lowercased() == "minvalue": .minimum
    case .column(let path, _, _) where path.count == 1 && path[0].lowercased() == "maxvalue": .maximum
    case .cast(let operand, _, _): operand.boundValue
    case .operation(let operation) where operation.name.name == "-" && operation.operands.count == 1:
      if case .number(let number)? = operation.operands[0].boundValue { .number(-number) } else { nil }
    default: nil
    }
  }
}
