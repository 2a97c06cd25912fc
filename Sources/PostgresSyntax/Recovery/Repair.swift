import Diagnostics

/// Why the grammar rejects a statement, as far as it is known.
public enum SyntaxCause: Hashable, Sendable {
  /// Nothing but what the grammar says.
  case grammar
  /// Syntax that a later version accepts, such as `a named NOT NULL constraint`.
  case newer(construct: String, version: Int)
  /// A form of another database system.
  case dialect(Dialect, ForeignForm)
  /// `:name`, which psql replaces before a server sees it.
  case psqlVariable

  /// Whose form it is.
  enum Origin: Sendable {
    case newer(Int)
    case dialect(Dialect)
  }

  /// The first major version of PostgreSQL that accepts the statement.
  var firstVersion: Int { if case .newer(_, let version) = self { version } else { .max } }

  /// Whether no version of PostgreSQL accepts the statement.
  var isLasting: Bool { firstVersion == .max }

  /// Whether a server of a major version rejects the statement.
  public func isRejected(by version: Int) -> Bool { firstVersion > version }
}

public enum Dialect: String, Hashable, Sendable, CaseIterable {
  case mysql = "MySQL"
  case sqlServer = "SQL Server"
  case oracle = "Oracle"
  case sqlite = "SQLite"
}

/// A form of another dialect, with what to write instead.
public struct ForeignForm: Hashable, Sendable {
  /// What it is, such as `AUTO_INCREMENT`.
  public var form: String
  /// What to write in PostgreSQL.
  public var advice: String
  /// Edits that make it PostgreSQL, where that is mechanical.
  public var fix: [Substitution]
}

/// What stands in the way of the grammar, and edits that take it away, so that the rest of the statement can be read.
struct Repair {
  var cause: SyntaxCause
  var range: Range<Int>
  /// Nil where the statement can't be read on.
  var edits: [Substitution]?
}

extension ParsedSQL {
  /// Parses a piece that the grammar rejects as a whole: batches that SQL Server's GO ends, or one statement.
  mutating func addBroken(_ file: SourceFile, _ piece: Range<Int>, _ error: ParseError) {
    let separators = file.batchSeparators(in: piece)
    guard !separators.isEmpty else { return addRepaired(file, piece, after: error) }
    var start = piece.lowerBound
    for end in separators + [piece.upperBound..<piece.upperBound] {
      add(file, start..<end.lowerBound)
      start = end.upperBound
      guard !end.isEmpty else { continue }
      let form = ForeignForm(
        form: "GO", advice: "end the statement with `;` instead", fix: [Substitution(range: end, text: ";")])
      errors.append(
        ParseError(
          message: "GO", range: end, statement: end, cause: .dialect(.sqlServer, form), isRecovered: true))
    }
  }

  /// Parses a statement, taking away what the grammar stumbles over where that is known.
  mutating func addRepaired(_ file: SourceFile, _ piece: Range<Int>, after first: ParseError) {
    var error = first
    var edits: [Substitution] = []
    var found: [ParseError] = []
    while let repair = BrokenStatement(error, in: file, piece, edits: edits)?.repair() {
      let repairedEdits = repair.edits.map { edits.adding($0) }
      guard repairedEdits != edits else { break }
      found.append(
        ParseError(message: first.message, range: repair.range, statement: first.statement, cause: repair.cause))
      guard let repairedEdits else { break }
      edits = repairedEdits
      do throws(ParseError) {
        var repaired = try parseWhole(file, in: piece, edits: edits)
        let cause = found.map(\.cause).max { $0.firstVersion < $1.firstVersion }
        for index in repaired.indices { repaired[index].repairedCause = cause }
        statements += repaired
        for index in found.indices { found[index].isRecovered = true }
        errors += found
        return
      } catch let next {
        error = next
      }
    }
    // What the grammar says after a repair may be the repair's fault.
    errors += found.isEmpty ? [first] : found
  }
}

extension [Substitution] {
  /// The edits with new ones; one that reaches farther takes the place of those inside.
  fileprivate func adding(_ new: [Substitution]) -> [Substitution] {
    let added = new.filter { edit in
      !contains { $0.range.overlaps(edit.range) && !edit.range.contains($0.range) || $0 == edit }
    }
    return filter { old in !added.contains { $0.range.overlaps(old.range) } } + added
  }
}

extension SourceFile {
  /// Where GO stands on a line of its own.
  fileprivate func batchSeparators(in range: Range<Int>) -> [Range<Int>] {
    let tokens = tokens(in: range)
    return tokens.indices.filter { index in
      let token = tokens[index]
      guard token.kind == .word, text(token.range).lowercased() == "go" else { return false }
      let before = text((index == 0 ? range.lowerBound : tokens[index - 1].range.upperBound)..<token.range.lowerBound)
      let after = index + 1 == tokens.count ? "\n" : text(token.range.upperBound..<tokens[index + 1].range.lowerBound)
      return (index == 0 || before.contains { $0.isNewline }) && after.contains { $0.isNewline }
    }.map { tokens[$0].range }
  }
}
