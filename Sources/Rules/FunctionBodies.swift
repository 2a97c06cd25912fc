import Catalog
import Diagnostics
import PostgresSyntax

/// SQL inside the body of a function or DO block, each statement with its place in the file.
struct InnerStatement {
  var action: Action
  /// Where it stands in the file.
  var range: Range<Int>
  private let text: CodeText

  init(_ statement: Statement, in text: CodeText) {
    action = statement.action
    range = text.offset(of: statement.range.lowerBound)..<text.offset(of: statement.range.upperBound)
    self.text = text
  }

  /// The byte of the file that a byte of the body comes from.
  func offset(of place: Int) -> Int { text.offset(of: place) }
}

extension CodeText {
  /// The SQL statements of the body, whatever they depend on.
  func statements(language: String) -> [InnerStatement] {
    switch language {
    case "sql": parsed.statements.map { InnerStatement($0, in: self) }
    case "plpgsql":
      block.sql.flatMap { range in
        parse(source, in: range).statements.map { InnerStatement($0, in: self) }
      }
    default: []
    }
  }
}

extension PlacedStatement {
  /// The body of the function that the statement defines, or of its DO block.
  var body: CodeBody? {
    switch statement.action {
    case .createFunction(let function): function.body
    case .doBlock(let body): body
    default: nil
    }
  }

  /// The body with its place in the file.
  var bodyText: CodeText? { body.map { CodeText($0, in: file, within: statement.range) } }

  /// The statement and, for a DO block, the SQL inside it.
  var executed: [(action: Action, range: Range<Int>)] {
    guard case .doBlock(let body) = statement.action else { return [(statement.action, statement.range)] }
    return CodeText(body, in: file, within: statement.range).statements(language: body.language).map {
      ($0.action, $0.range)
    }
  }
}
