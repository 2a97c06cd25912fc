import Catalog
import Diagnostics
import PostgresSyntax

extension Rule {
  /// The findings for objects of certain kinds that a statement uses and nothing creates.
  func undefined(
    _ kinds: Set<ObjectKind>, _ step: Step, in chain: Chain, where isMeant: (ObjectID) -> Bool = { _ in true }
  ) -> [Diagnostic] {
    step.outcome.rejections.compactMap { rejection in
      guard case .undefined(let object) = rejection.reason, kinds.contains(object.kind),
        !object.isMissing(its: step.before), !step.file.isReplaced(at: rejection.offset),
        object.knownName?.dialect == nil, !(object.kind == .column && step.before.mayHaveMade(column: object)),
        isMeant(object)
      else { return nil }
      return undefined(object, rejection, step, in: chain)
    }
  }

  /// The finding for one object that a statement uses and nothing creates.
  func undefined(_ object: ObjectID, _ rejection: Rejection, _ step: Step, in chain: Chain) -> Diagnostic? {
    let label = object.kind.isRoutine ? "function" : object.kind.rawValue
    var notes: [String] = []
    var labels: [Diagnostic.Label] = []
    if let gone = chain.history.removal(of: object, before: step.position) {
      labels.append(Diagnostic.Label(range: gone.origin.sourceRange, text: "\(label) '\(object)' was dropped here"))
    }
    if !rejection.isCertain {
      notes.append("no migration creates it; it may exist outside them")
    }
    if let version = object.knownName?.version {
      return needing(version, "\(label) '\(object)'", object.name, rejection, step, in: chain)
    }
    let similar = chain.similarName(to: object, in: step.before)
    let help =
      similar.map { "did you mean '\($0)'?" }
      ?? (rejection.isCertain
        ? "create it in an earlier migration, or in the baseline if it exists outside the migrations"
        : "name a baseline in schemacheck.yml that creates what the migrations presuppose")
    return diagnostic(
      "\(label) '\(object)' does not exist", at: step.range(of: rejection, name: object.name), of: step,
      severity: rejection.isCertain ? .error : .warning, labels: labels, notes: notes, help: help,
      sqlState: rejection.isCertain ? rejection.sqlState : nil)
  }
}

extension Rule {
  /// The finding for what only a later version of PostgreSQL has.
  func needing(
    _ version: Int, _ label: String, _ name: String, _ rejection: Rejection, _ step: Step, in chain: Chain
  ) -> Diagnostic? {
    chain.lack(of: version).map { lack in
      diagnostic(
        "\(label) needs PostgreSQL \(version)", at: step.range(of: rejection, name: name), of: step,
        severity: lack.severity, help: lack.help, sqlState: lack.severity == .error ? rejection.sqlState : nil)
    }
  }
}

extension Chain {
  /// What it means to need a version: an error only where the server is known to be older; nil where it is not.
  func lack(of version: Int) -> (severity: Severity, help: String)? {
    guard let declaredVersion else { return (.warning, "say with pg-version which server the migrations are for") }
    return declaredVersion < version ? (.error, "write it as older versions have it") : nil
  }
}

extension Chain {
  /// A name of the same kind that differs by a slip of the finger.
  func similarName(to object: ObjectID, in catalog: Catalog) -> String? {
    switch object.kind {
    case .column:
      let table = catalog.relation(ObjectName(schema: object.schema, object.table ?? ""))
      return SimilarNames(table?.columns.map(\.name) ?? []).nearest(to: object.name)
    case .table, .view, .materializedView:
      return history.relationNames.nearest(to: object.name) { name in
        [object.schema, "public", nil].contains { catalog.relation(ObjectName(schema: $0, name)) != nil }
      }
    default: return nil
    }
  }
}

extension Diagnostic {
  /// Completes a finding about an object that doesn't exist at some place of the chain.
  mutating func addWhatComesLater(of object: ObjectID, after position: Int, in chain: Chain) {
    if labels.isEmpty, let later = chain.history.creation(of: object, after: position) {
      labels.append(later.origin.label("it is created only here", naming: object.name))
    }
    let uses = object.kind.isRelation ? chain.missing.uses(of: object) : 1
    if uses > 1 { notes.append("\(uses) statements use it") }
  }
}

extension SourceFile {
  /// Whether the runner puts something else at a place: what that names, only the runner knows.
  fileprivate func isReplaced(at offset: Int?) -> Bool {
    offset.map { offset in substitutions.contains { $0.range.contains(offset) } } ?? false
  }
}

extension ObjectID {
  /// Whether it is its extension that is missing. One that is installed may be where nobody looks.
  fileprivate func isMissing(its catalog: Catalog) -> Bool {
    guard isOfExtension else { return false }
    let providers = kind == .function ? ExtensionObjects.providing(function: name) : []
    return !providers.contains { catalog.installed($0) != nil }
  }

  /// Whether an extension brings it.
  var isOfExtension: Bool {
    guard schema == nil || schema == "public" else { return false }
    return switch kind {
    case .function: !ExtensionObjects.providing(function: name).isEmpty
    case .type: !ExtensionObjects.providing(type: name).isEmpty
    case .table, .view: !ExtensionObjects.providing(relation: name).isEmpty
    default: false
    }
  }
}

extension ObjectID {
  /// Whether both mean the same object, where one of them may lack its schema.
  func matches(_ other: ObjectID) -> Bool {
    let sameKind =
      kind == other.kind || kind.isRelation && other.kind.isRelation || kind.isRoutine && other.kind.isRoutine
    return sameKind && name == other.name && table == other.table
      && (schema == other.schema || schema == nil || other.schema == nil)
  }
}
