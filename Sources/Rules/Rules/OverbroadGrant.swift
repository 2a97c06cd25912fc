import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/overbroad-grant.md.
final class OverbroadGrant: Rule {
  static let id = "overbroad-grant"
  static let severity = Severity.warning
  static let category = Category.security

  /// What ALL stands for on a table (PostgreSQL documentation, section 5.7 "Privileges").
  private static let all: Set<String> = [
    "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER",
  ]
  private static let trustedOptions: Set<String> = ["superuser", "createrole", "createdb", "bypassrls"]

  /// The roles that have been given all privileges on all tables of a schema, each with the schema.
  private var wide: Set<[String]> = []
  /// Roles that may do more than own tables, or that have a schema of their own.
  private var trusted: Set<String> = []
  private var found: [Key: Finding] = [:]

  /// What is granted to whom in a file: many statements of one kind are one finding.
  private struct Key: Hashable {
    var path: String
    var roles: [String]
    var isSchema: Bool
    var isDefault: Bool
  }

  private struct Finding {
    var diagnostic: Diagnostic
    var objects: [String]
  }

  init() {}

  func check(_ step: Step, in chain: Chain) -> [Diagnostic] {
    guard step.isForward else { return [] }
    for (action, _) in step.executed {
      if case .createRole(let name, let options) = action, !options.isDisjoint(with: Self.trustedOptions) {
        trusted.insert(name)
      }
    }
    switch step.statement.action {
    case .grant(let grant) where grant.isGrant && (grant.kind == .table || grant.kind == .schema):
      note(grant, step, isDefault: false)
    case .defaultPrivileges(let change) where change.grant.isGrant && change.grant.kind == .table:
      note(change.grant, step, isDefault: true)
    case .grant(let grant) where grant.isGrant && grant.kind == .database:
      if grant.givesAll { trusted.formUnion(grant.grantees.map(\.text)) }
    case .setOwner(_, let role): trusted.insert(role.text)
    case .alterRole(let role):
      if step.file.contains("search_path", in: step.statement.range) { trusted.insert(role.text) }
    default: break
    }
    return []
  }

  func check(_ chain: Chain) -> [Diagnostic] {
    found.filter { key, _ in !key.roles.allSatisfy(trusted.contains) }.map { key, finding in
      var diagnostic = finding.diagnostic
      let who = "\(key.roles.quotedList()) \(key.roles.count == 1 ? "gets" : "get") all privileges"
      diagnostic.message = "\(who) on \(key.isDefault ? "every new table" : finding.objects.quotedPhrases())"
      return diagnostic
    }
  }

  private func note(_ grant: Grant, _ step: Step, isDefault: Bool) {
    guard grant.givesAll || grant.kind == .table && grant.names.isSuperset(of: Self.all) else { return }
    let schemas = Set(
      grant.isAllInSchema ? grant.objects.map(\.name.name) : grant.objects.map { $0.name.schema ?? "public" })
    let isTables = grant.kind == .table && !isDefault
    let roles = grant.grantees.filter { role in
      !role.isTrusted && role != .public
        && !(isTables && schemas.allSatisfy { wide.contains([role.text, $0]) } && !schemas.isEmpty)
    }.map(\.text)
    if isTables, grant.isAllInSchema {
      for role in roles { for schema in schemas { wide.insert([role, schema]) } }
    }
    // What ALL adds to the usual privileges means nothing for sequences and views.
    let isHarmless =
      !grant.objects.isEmpty && isTables && !grant.isAllInSchema
      && grant.objects.allSatisfy { object in
        step.before.relation(object.name).map { $0.kind == .sequence || $0.view != nil } ?? false
      }
    guard !roles.isEmpty, !isHarmless else { return }
    let key = Key(path: step.file.path, roles: roles, isSchema: grant.kind == .schema, isDefault: isDefault)
    let objects =
      grant.isAllInSchema ? ["every table of the schema"] : grant.objects.map { "'\($0.name.description)'" }
    found[key, default: Finding(diagnostic: finding(grant, step), objects: [])].objects += objects
  }

  private func finding(_ grant: Grant, _ step: Step) -> Diagnostic {
    diagnostic(
      "",
      at: step.file.tokens(in: step.statement.range).first { step.file.identifier($0) == "all" }?.range
        ?? step.statement.range,
      of: step,
      notes: [
        grant.kind == .schema
          ? "CREATE lets it put objects of its own into other people's search path"
          : "TRUNCATE, which no policy restrains, REFERENCES and TRIGGER are among them"
      ],
      help: "grant what the role needs, such as \(grant.kind == .schema ? "USAGE" : "SELECT, INSERT, UPDATE, DELETE")")
  }
}

extension Grant {
  /// The privileges on whole objects.
  fileprivate var names: Set<String> { Set(privileges.filter(\.columns.isEmpty).map { $0.name ?? "ALL" }) }
  fileprivate var givesAll: Bool { names.contains("ALL") }
}

extension RoleName {
  /// Whether the name says that the role is meant to do everything.
  var isTrusted: Bool {
    let name = text.lowercased()
    return self == .currentUser
      || ["service", "admin", "postgres", "super", "owner", "migrat", "root", "dba", "deploy", "dashboard"].contains {
        name.contains($0)
      }
  }
}
