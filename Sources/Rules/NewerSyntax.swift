import Diagnostics
import PostgresSyntax

/// Syntax that this grammar, PostgreSQL 15's, rejects and a later version accepts.
struct NewerSyntax {
  /// What it is, such as `a named NOT NULL constraint`.
  var construct: String
  /// The first version that accepts it.
  var version: Int

  /// What the grammar stumbled over, if it is known to be newer.
  init?(_ unparsed: Chain.Unparsed) {
    let file = unparsed.file
    let error = unparsed.error
    let words = file.tokens(in: error.statement).map { token in
      (word: token.kind == .word ? file.identifier(token) ?? "" : "", start: token.range.lowerBound)
    }
    guard let index = words.firstIndex(where: { $0.start >= error.range.lowerBound }) else { return nil }
    let token = words[index].word
    let before = words[..<index].suffix(2).map(\.word)
    if error.message == "subquery in FROM must have an alias" {
      self.init("a subquery without an alias", 16)
    } else if token == "not", before.first == "constraint" {
      self.init("a named NOT NULL constraint", 18)
    } else if token == "returning", words.first?.word == "merge" {
      self.init("MERGE with RETURNING", 17)
    } else if token == "virtual" {
      self.init("a virtual generated column", 18)
    } else if token == "without", words.dropFirst(index + 1).first?.word == "overlaps" {
      self.init("WITHOUT OVERLAPS", 18)
    } else {
      return nil
    }
  }

  private init(_ construct: String, _ version: Int) {
    self.construct = construct
    self.version = version
  }
}
