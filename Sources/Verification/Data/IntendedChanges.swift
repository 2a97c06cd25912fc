import Catalog
import PostgresSyntax

/// The rows that a script is meant to change, as far as its text says.
struct IntendedChanges {
  /// All of the script, and what of it may change rows, in lower case.
  private let texts: [String]
  private let changing: [String]

  init(_ steps: [Execution]) {
    let all = steps.map { (action: $0.statement.action, text: $0.file.sql($0.statement.range).lowercased()) }
    texts = all.map(\.text)
    // A function that is called may be in another statement.
    changing = all.contains(where: \.action.callsCode) ? texts : all.filter(\.action.changesRows).map(\.text)
  }

  /// Whether statements that change rows name the table, which is written as SQL does.
  func change(_ table: String) -> Bool {
    let name = table.split(separator: ".").last.map { $0.replacing("\"", with: "").lowercased() } ?? table
    return changing.contains { $0.containsWord(name) }
  }

  func mention(_ word: String) -> Bool { texts.contains { $0.containsWord(word.lowercased()) } }
}

extension Action {
  /// Whether it is about rows, or runs code that may be.
  fileprivate var changesRows: Bool {
    switch self {
    case .insert, .update, .delete, .merge, .truncate, .copy, .call, .doBlock, .execute, .query, .refresh: true
    default: false
    }
  }

  /// Whether it may run functions for what they do.
  fileprivate var callsCode: Bool {
    switch self {
    case .call, .query: true
    default: false
    }
  }
}
