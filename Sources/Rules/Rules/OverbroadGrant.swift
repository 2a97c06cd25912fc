import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/overbroad-grant.md.
final class OverbroadGrant: Rule {
  static let id = "overbroad-grant"
  static let severity = Severity.warning
  static let category = Category.security

  /// The roles that have been given all privileges on all tables of a schema, each with the schema.
  private var wide: Set<[String]> = []

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    switch step.statement.action {
    case .grant(let grant) where grant.isGrant && (grant.kind == .table || grant.kind == .schema):
      return findings(grant, step, isDefault: false)
    case .defaultPrivileges(let change) where change.grant.isGrant && change.grant.kind == .table:
      return findings(change.grant, step, isDefault: true)
    default: return []
    }
  }

  private func findings(_ grant: Grant, _ step: Step, isDefault: Bool) -> [Diagnostic] {
    guard grant.privileges.contains(where: { $0.columns.isEmpty && ($0.name == nil || $0.name == "ALL") }) else {
      return []
    }
    let schemas = Set(
      grant.isAllInSchema ? grant.objects.map(\.name.name) : grant.objects.map { $0.name.schema ?? "public" })
    let isTables = grant.kind == .table && !isDefault
    let roles = grant.grantees.filter { role in
      !role.isTrusted && role != .public
        && !(isTables && schemas.allSatisfy { wide.contains([role.text, $0]) } && !schemas.isEmpty)
    }
    if isTables, grant.isAllInSchema {
      for role in roles { for schema in schemas { wide.insert([role.text, schema]) } }
    }
    let isAboutSequences =
      !grant.objects.isEmpty && grant.kind == .table
      && grant.objects.allSatisfy { object in
        step.before.relation(object.name)?.kind == .sequence
      }
    guard !roles.isEmpty, !isAboutSequences else { return [] }
    let what =
      isDefault
      ? "every new table"
      : grant.isAllInSchema ? "every table of the schema" : grant.objects.map(\.name.description).quotedList()
    let more =
      grant.kind == .schema
      ? "CREATE lets it put objects of its own into other people's search path"
      : "ALL includes TRUNCATE, which no policy restrains, REFERENCES and TRIGGER"
    return [
      diagnostic(
        "\(roles.map(\.text).quotedList()) \(roles.count == 1 ? "gets" : "get") all privileges on \(what)",
        at: step.file.tokens(in: step.statement.range).first { step.file.identifier($0) == "all" }?.range
          ?? step.statement.range,
        of: step, notes: [more],
        help: "grant what the role needs, such as \(grant.kind == .schema ? "USAGE" : "SELECT, INSERT, UPDATE, DELETE")"
      )
    ]
  }
}

extension RoleName {
  /// Whether the name says that the role is meant to do everything.
  var isTrusted: Bool {
    let name = text.lowercased()
    return self == .currentUser
      || ["service", "admin", "postgres", "super", "owner", "migrat", "root", "dba", "deploy"].contains {
        name.contains($0)
      }
  }
}
