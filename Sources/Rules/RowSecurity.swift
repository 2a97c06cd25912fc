import Catalog
import Diagnostics
import PostgresSyntax

/// What the policies of a table mean together.
///
/// Permissive policies of a command and role are joined by OR, restrictive ones by AND (PostgreSQL documentation,
/// section 5.8 "Row Security Policies").
struct RowSecurity {
  static let commands = ["select", "insert", "update", "delete"]

  let table: Relation

  /// The names of columns that some policy of some tables compares with the session.
  static func isolatingNames(in tables: [Relation]) -> Set<String> {
    tables.reduce(into: []) { names, table in
      let security = RowSecurity(table: table)
      for policy in table.policies {
        names.formUnion(security.isolatingColumns(policy.definition.using))
        names.formUnion(security.isolatingColumns(policy.definition.withCheck))
      }
    }
  }

  /// The policies that decide about a command, permissive ones first.
  func policies(for command: String) -> [Policy] {
    table.policies.filter { $0.definition.command == "all" || $0.definition.command == command }
      .sorted { $0.definition.isPermissive && !$1.definition.isPermissive }
  }

  /// Whether policies let others than trusted roles write rows, or none decide about it.
  var letsTenantsWrite: Bool {
    guard table.hasRowSecurity, !table.policies.isEmpty else { return true }
    return ["insert", "update"].contains { command in
      let deciding = policies(for: command).map(\.definition)
      return deciding.contains {
        $0.isPermissive && !$0.isForTrustedRoles && $0.effectiveCheck?.isAlwaysFalse != true
      } && !deciding.contains { !$0.isPermissive && $0.isForEveryone && $0.effectiveCheck?.isAlwaysFalse == true }
    }
  }

  /// The columns that a condition compares with something that depends on who asks.
  func isolatingColumns(_ condition: Expression?) -> Set<String> {
    guard let condition else { return [] }
    switch condition {
    case .boolean(.and, let operands, _):
      return operands.reduce(into: Set<String>()) { $0.formUnion(isolatingColumns($1)) }
    case .boolean(.or, let operands, _):
      let parts = operands.filter { !$0.isAlwaysFalse }.map { isolatingColumns($0) }
      return parts.dropFirst().reduce(parts.first ?? []) { $0.intersection($1) }
    case .test(.null, let operand, _): return ownColumn(operand).map { [$0] } ?? []
    case .operation(let operation): return isolatingColumns(operation)
    case .subquery(let subquery):
      guard subquery.query.dependsOnSession || subquery.test != nil else { return [] }
      if let test = subquery.test.flatMap({ ownColumn($0) }) { return [test] }
      return ownColumns(condition)
    case .call: return condition.dependsOnSession ? ownColumns(condition) : []
    case .cast(let operand, _, _): return isolatingColumns(operand)
    default: return []
    }
  }

  private func isolatingColumns(_ operation: Operation) -> Set<String> {
    guard ["=", "<@", "&&", "@>"].contains(operation.name.name), operation.operands.count >= 2 else { return [] }
    var found: Set<String> = []
    for (index, operand) in operation.operands.enumerated() {
      let others = operation.operands.indices.filter { $0 != index }.map { operation.operands[$0] }
      guard let column = ownColumn(operand), others.contains(where: \.dependsOnSession) else { continue }
      found.insert(column)
    }
    return found
  }

  /// The column of the table that an expression is, casts aside.
  private func ownColumn(_ expression: Expression) -> String? {
    switch expression {
    case .column(let path, isWhole: false, _):
      guard let name = path.last, table.column(name) != nil else { return nil }
      return path.count == 1 || path[path.count - 2] == table.name.name ? name : nil
    case .cast(let operand, _, _): return ownColumn(operand)
    default: return nil
    }
  }

  /// The columns of the table itself that a condition names. Inside a subquery, only those written with the table's name
  /// are certainly its own.
  func ownColumns(_ condition: Expression) -> Set<String> {
    var found: Set<String> = []
    func visit(_ expression: Expression, isInside: Bool) {
      if case .column(let path, isWhole: false, _) = expression, let name = path.last, table.column(name) != nil {
        let isQualified = path.count > 1 && path[path.count - 2] == table.name.name
        if isInside ? isQualified : path.count == 1 || isQualified { found.insert(name) }
      }
      if case .column(let path, isWhole: true, _) = expression, path.first == table.name.name {
        found.formUnion(table.columns.map(\.name))
      }
      if case .subquery(let subquery) = expression {
        if let test = subquery.test { visit(test, isInside: isInside) }
        let reads = subquery.query.relations().contains { $0.name.name == table.name.name }
        let known = Set(subquery.query.from.flatMap(\.aliases).map(\.alias))
        subquery.query.walk { inner in
          if !reads { visitLeaf(inner, known: known) }
        }
        return
      }
      for child in expression.children { visit(child, isInside: isInside) }
    }
    func visitLeaf(_ expression: Expression, known: Set<String>) {
      guard case .column(let path, isWhole: false, _) = expression, let name = path.last, table.column(name) != nil
      else { return }
      if path.count > 1, path[path.count - 2] == table.name.name, !known.contains(table.name.name) {
        found.insert(name)
      }
    }
    visit(condition, isInside: false)
    return found
  }
}

extension Expression {
  /// Whether its value depends on who asks: it calls a function or reads a setting of the session.
  var dependsOnSession: Bool {
    var found = false
    walk { expression in
      switch expression {
      case .call(let call) where !["coalesce", "lower", "upper", "now", "length"].contains(call.name.name): found = true
      case .value(let name, _, _) where ["current_user", "session_user", "user", "current_role"].contains(name):
        found = true
      default: break
      }
    }
    return found
  }
}

extension Query {
  /// Whether some expression in it depends on who asks.
  var dependsOnSession: Bool {
    var found = false
    walk { if case .call = $0 { found = true } else if case .value = $0 { found = true } }
    return found
  }
}

extension CreatePolicy {
  /// Whether it is meant for everybody, as far as it says.
  var isForEveryone: Bool {
    roles.isEmpty || roles.contains { if case .public = $0 { true } else { false } }
  }

  /// Whether it is only for roles that are trusted with everything anyway.
  var isForTrustedRoles: Bool {
    !isForEveryone
      && roles.allSatisfy { role in
        let name = role.text.lowercased()
        return ["service", "admin", "postgres", "super", "owner", "migrat", "system", "root", "internal", "worker"]
          .contains {
            name.contains($0)
          }
      }
  }

  /// What decides about rows that are written, where nothing else does: USING stands in for a missing WITH CHECK.
  var effectiveCheck: Expression? { withCheck ?? (command == "insert" ? nil : using) }

  /// Whether both may apply to the same command.
  func overlaps(_ other: CreatePolicy) -> Bool {
    guard command == other.command || command == "all" || other.command == "all" else { return false }
    if isForEveryone || other.isForEveryone { return true }
    return !Set(roles.map(\.text)).isDisjoint(with: other.roles.map(\.text))
  }
}

extension Chain {
  /// Names of columns that say whose a row is.
  private static let tenantNames: Set<String> = [
    "tenant_id", "organization_id", "organisation_id", "org_id", "account_id", "workspace_id", "company_id", "team_id",
    "tenantId", "organizationId", "orgId", "tenant",
  ]
  private static let ownerNames: Set<String> = [
    "user_id", "owner_id", "created_by_id", "userId", "ownerId", "profile_id",
  ]

  /// The column by which tenants are told apart: one that the user declares, or one of the usual names that policies of
  /// the schema compare with the session.
  func tenantColumn(of table: Relation) -> Column? {
    if let declared = table.columns.first(where: { tenantColumns.contains($0.name) }) { return declared }
    guard tenantColumns.isEmpty, let column = table.columns.first(where: { Self.tenantNames.contains($0.name) }) else {
      return nil
    }
    // Where tables with policies compare it, a table without any is meant to have one.
    if table.policies.isEmpty { return isolatingNames.contains(column.name) ? column : nil }
    let security = RowSecurity(table: table)
    let isCompared = table.policies.contains { policy in
      security.isolatingColumns(policy.definition.using).union(security.isolatingColumns(policy.definition.withCheck))
        .contains(column.name)
    }
    return isCompared ? column : nil
  }

  /// The column that says whose a row is: the tenant's, or else a user's.
  func ownerColumn(of table: Relation) -> Column? {
    if let declared = table.columns.first(where: { tenantColumns.contains($0.name) }) { return declared }
    return table.columns.first { Self.tenantNames.contains($0.name) || Self.ownerNames.contains($0.name) }
  }

  /// The tables of the final schema that hold rows of their own.
  var securedTables: [Relation] { tables.filter { $0.hasRowSecurity && !$0.isPartition } }

  /// Whether the migrations, rather than what was there before, make an object.
  func isOurs(_ origin: Origin?) -> Bool { origin?.migration != nil }
}

extension Policy {
  /// Where the policy's own name stands.
  var place: Range<Int>? { origin?.mention(of: name) }
}

extension Rule {
  /// A finding about a policy, at its name or at a place in its statement.
  func diagnostic(
    _ message: String, about policy: Policy, at range: Range<Int>? = nil, severity: Severity = Self.severity,
    labels: [Diagnostic.Label] = [], notes: [String] = [], help: String
  ) -> Diagnostic? {
    guard let origin = policy.origin, origin.migration != nil else { return nil }
    return diagnostic(
      message, at: range ?? origin.mention(of: policy.name), of: origin, severity: severity, labels: labels,
      notes: notes, help: help)
  }

  /// A finding about a table, at its name where it is made.
  func diagnostic(
    _ message: String, about table: Relation, severity: Severity = Self.severity, labels: [Diagnostic.Label] = [],
    notes: [String] = [], help: String
  ) -> Diagnostic? {
    guard let origin = table.origin, origin.migration != nil else { return nil }
    return diagnostic(
      message, at: origin.mention(of: table.name.name), of: origin, severity: severity, labels: labels, notes: notes,
      help: help)
  }

  /// A finding about a column of a table, where it is made.
  func diagnostic(
    _ message: String, about column: Column, of table: Relation, labels: [Diagnostic.Label] = [], notes: [String] = [],
    help: String
  ) -> Diagnostic? {
    guard let origin = column.origin ?? table.origin, origin.migration != nil else { return nil }
    let place = column.offset.map { origin.file.nameRange(at: $0, within: origin.range) }
    return diagnostic(
      message, at: place ?? origin.mention(of: column.name), of: origin, labels: labels, notes: notes, help: help)
  }
}
