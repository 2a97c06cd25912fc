import Diagnostics
import Testing

/// Line and column count from 1, columns in code points, offsets in bytes from 0.
@Suite struct SourceFileTests {
  let file = SourceFile(path: "a.sql", text: "select 1;\r\n-- é日🦖 x\nlast")

  @Test(arguments: [
    (0, 1, 1), (7, 1, 8), (11, 2, 1), (14, 2, 4), (16, 2, 5), (19, 2, 6), (23, 2, 7), (26, 3, 1), (30, 3, 5),
  ])
  func anOffsetIsInItsLineAndColumn(_ offset: Int, _ line: Int, _ column: Int) {
    #expect(file.position(at: offset) == SourcePosition(line: line, column: column, offset: offset))
  }

  @Test func anOffsetPastTheEndIsTheEnd() {
    #expect(file.position(at: 99) == file.position(at: 30))
  }

  @Test func aLineHasNoLineEnd() {
    #expect(file.line(1) == "select 1;")
    #expect(file.line(2) == "-- é日🦖 x")
    #expect(file.line(3) == "last")
    #expect(file.line(4) == nil)
    #expect(file.line(0) == nil)
  }

  @Test func anEmptyFileHasOneEmptyLine() {
    let empty = SourceFile(path: "e.sql", bytes: [])
    #expect(empty.line(1) == "")
    #expect(empty.position(at: 0) == SourcePosition(line: 1, column: 1, offset: 0))
  }
}

@Suite struct EditTests {
  let file = SourceFile(path: "a.sql", text: "abcdef")

  private func edit(_ range: Range<Int>, _ text: String) -> Fix.Edit {
    Fix.Edit(range: file.range(range), replacement: text)
  }

  @Test func editsAreMadeWhereTheyBelongWhateverTheirOrder() {
    let edits = [edit(4..<5, "E"), edit(0..<1, ""), edit(6..<6, "!"), edit(6..<6, "?")]
    #expect(String(decoding: edits.apply(to: file.bytes), as: UTF8.self) == "bcdEf!?")
  }

  @Test func anEditThatOverlapsAnEarlierOneIsLeftOut() {
    let edits = [edit(1..<4, "x"), edit(3..<5, "y")]
    #expect(String(decoding: edits.apply(to: file.bytes), as: UTF8.self) == "axef")
  }
}
