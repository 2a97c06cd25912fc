import Catalog
import Diagnostics
import PostgresSyntax

/// See rules/function-body.md.
struct FunctionBody: Rule {
  static let id = "function-body"
  static let severity = Severity.warning
  static let category = Category.design

  func check(_ chain: Chain) -> [Diagnostic] {
    chain.final.allRoutines.flatMap { routine -> [Diagnostic] in
      guard let origin = routine.origin, origin.migration != nil, !routine.definition.body.isEmpty else { return [] }
      var seen: Set<ObjectID> = []
      return chain.final.problems(inBodyOf: routine).compactMap { rejection in
        guard case .undefined(let object) = rejection.reason, object.knownName == nil, seen.insert(object).inserted
        else {
          return nil
        }
        let gone = chain.history.removal(of: object, before: .max)
        guard rejection.isCertain || gone != nil else { return nil }
        // Folders that are given together may belong to different databases.
        if let gone, gone.origin.file.path.folder != origin.file.path.folder, gone.origin.migration == nil {
          return nil
        }
        let broken = gone.flatMap { change in
          change.origin.migration == origin.migration && change.origin.file === origin.file ? nil : change.origin
        }
        // What the server checks when the function is made has been reported there.
        if routine.definition.body?.language == "sql", broken == nil { return nil }
        let place = rejection.offset.map { origin.file.nameRange(at: $0, within: origin.range) }
        return diagnostic(
          "the body of '\(routine.displayName)' uses \(object.kind.rawValue) '\(object)', which does not exist",
          at: place ?? origin.mention(of: object.name), of: origin,
          labels: broken.map { [$0.label("\(chain.name(of: $0.migration)) took it away", naming: object.name)] } ?? [],
          notes: ["the function is created all the same, and fails with \(rejection.sqlState) when it is called"],
          help: broken == nil
            ? "create it, or mend the name" : "change the function in the migration that takes it away")
      }
    }
  }
}

extension Optional where Wrapped == CodeBody {
  fileprivate var isEmpty: Bool { self?.text.isEmpty ?? true }
}

extension String {
  fileprivate var folder: Substring { self[..<(lastIndex(of: "/") ?? startIndex)] }
}
