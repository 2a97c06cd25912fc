import Catalog
import Diagnostics
import PostgresSyntax

/// A rule for the forms of one other database system.
protocol DialectSyntax: Rule {
  static var dialect: Dialect { get }
}

extension DialectSyntax {
  static var severity: Severity { .error }
  static var category: Category { .dialect }

  /// Forms at which the grammar stops.
  func check(_ chain: Chain) -> [Diagnostic] {
    chain.syntaxErrors.compactMap { unparsed in
      guard case .dialect(Self.dialect, let foreign) = unparsed.error.cause else { return nil }
      var diagnostic = Self.diagnostic("\(foreign.form) is \(Self.dialect.rawValue), not PostgreSQL", unparsed)
      diagnostic.help = foreign.advice
      let file = unparsed.file
      if !foreign.fix.isEmpty {
        diagnostic.fix = Fix(
          title: foreign.advice, safe: true,
          edits: foreign.fix.map { Fix.Edit(range: file.range($0.range), replacement: $0.text) })
      }
      return diagnostic
    }
  }

  /// Names that only the other system knows.
  func check(rejected step: Step, in chain: Chain) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard case .undefined(let object) = rejection.reason, let known = object.knownName, known.dialect == Self.dialect
      else { return nil }
      // Nobody has a type of such a name without the extension that brings it.
      let isCertain = rejection.isCertain || object.kind == .type && !object.isOfExtension
      let help = known.replacement.isEmpty ? "leave it out" : "write `\(known.replacement)`"
      return diagnostic(
        "\(object.kind.rawValue) '\(object.name)' is \(Self.dialect.rawValue), not PostgreSQL",
        at: step.range(of: rejection, name: object.name), of: step, severity: isCertain ? .error : .warning,
        help: help, sqlState: isCertain && step.statement.repairedCause == nil ? rejection.sqlState : nil)
    }
  }
}

extension ObjectID {
  /// What other systems or later versions of PostgreSQL know by this name.
  var knownName: KnownNames.Entry? {
    guard schema == nil || schema == "pg_catalog" else { return nil }
    let kind: KnownNames.Kind? =
      switch self.kind {
      case .type: .type
      case .function: .function
      case .column: .column
      case .table, .view: .table
      case .collation: .collation
      default: nil
      }
    return kind.flatMap { KnownNames.entry($0, name) }
  }
}
