import PostgresSyntax
import Testing

@Suite struct LexerTests {
  @Test(arguments: [
    ("a 'it''s' b", "a|'it''s'|b"),
    (#"E'a\'b' c"#, #"E'a\'b'|c"#),
    (#"'a\' b"#, #"'a\'|b"#),
    ("U&\"d\\0061t\" x", "U&\"d\\0061t\"|x"),
    ("$$ ; $$ $a$ $$ $a$ $1", "$$ ; $$|$a$ $$ $a$|$1"),
    ("a/* x /* y */ z */b -- c\nd", "a|/* x /* y */ z */|b|-- c|d"),
    ("1.5e-3 .5 1..10 a.b", "1.5e-3|.5|1|.|.10|a|.|b"),
    ("a->>'b' <> -1 --x", "a|->>|'b'|<>|-|1|--x"),
    ("x::int[1]", "x|:|:|int|[|1|]"),
    ("\\d t", "\\|d|t"),
    ("'open", "'open"),
    ("日本 é", "日本|é"),
  ])
  func textIsCutIntoTokens(_ sql: String, _ expected: String) {
    let bytes = Array(sql.utf8)
    let tokens = Lexer(bytes).map { String(decoding: bytes[$0.range], as: UTF8.self) }
    #expect(tokens.joined(separator: "|") == expected)
  }

  @Test func everyByteIsInATokenOrBlank() {
    let bytes = (0..<5000).map { _ in UInt8.random(in: 1...255) }
    var end = 0
    for token in Lexer(bytes) {
      #expect(token.range.lowerBound >= end && !token.range.isEmpty)
      end = token.range.upperBound
    }
    #expect(end <= bytes.count)
  }
}
