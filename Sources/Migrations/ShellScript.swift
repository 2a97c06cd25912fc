import Diagnostics

/// The SQL that a shell script hands to psql: `psql -c "…"`, and what follows `psql <<EOF`.
///
/// Source: POSIX.1-2024, XCU section 2 "Shell Command Language".
struct ShellScript {
  /// The SQL as it stands in the file, each stretch for itself.
  private(set) var statements: [Range<Int>] = []
  /// What the shell puts in place of escapes and variables inside them.
  private(set) var substitutions: [Substitution] = []

  private let file: SourceFile
  private let end: Int
  private var position: Int
  /// The delimiters of here-documents whose text begins on the next line, with whether psql reads them.
  private var awaited: [(delimiter: String, isSQL: Bool)] = []

  init(_ file: SourceFile, in range: Range<Int>) {
    self.file = file
    position = range.lowerBound
    end = range.upperBound
    while position < end { command() }
  }

  fileprivate struct Word {
    var text = ""
    /// The place of the content, without quotes around it.
    var range = 0..<0
    var substitutions: [Substitution] = []
  }

  /// Reads up to the end of a simple command.
  private mutating func command() {
    var words: [Word] = []
    while let word = nextWord() { words.append(word) }
    let name = words.first { !$0.text.contains("=") }?.text.split(separator: "/").last
    let isPsql = name == "psql"
    for (index, word) in words.enumerated() {
      if isPsql, let content = words[safe: index + 1], word.isCommandOption { add(content) }
      if isPsql, word.text.hasPrefix("--command=") { add(word) }
      if word.text.hasPrefix("<<") {
        let joined = word.text.drop { $0 == "<" || $0 == "-" }
        let delimiter = joined.isEmpty ? words[safe: index + 1]?.text ?? "" : String(joined)
        if !delimiter.isEmpty { awaited.append((delimiter, isPsql)) }
      }
    }
    endLine()
  }

  private mutating func add(_ word: Word) {
    statements.append(word.range)
    substitutions += word.substitutions
  }

  /// Passes what ended the command, and at the end of a line the here-documents that begin there.
  private mutating func endLine() {
    guard position < end else { return }
    let isNewline = file.bytes[position] == UInt8(ascii: "\n")
    position += 1
    guard isNewline else { return }
    for (delimiter, isSQL) in awaited {
      let start = position
      for (line, range) in file.lines(in: position..<end) {
        position = range.upperBound
        if line.trimmingBlanks == delimiter {
          if isSQL { statements.append(start..<range.lowerBound) }
          break
        }
      }
    }
    awaited = []
  }

  private mutating func nextWord() -> Word? {
    while position < end {
      let byte = file.bytes[position]
      if byte == UInt8(ascii: "\\"), position + 1 < end, file.bytes[position + 1] == UInt8(ascii: "\n") {
        position += 2
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
        position += 1
      } else if byte == UInt8(ascii: "#") {
        while position < end, file.bytes[position] != UInt8(ascii: "\n") { position += 1 }
      } else {
        break
      }
    }
    guard position < end, !Self.commandEnds.contains(file.bytes[position]) else { return nil }
    return word()
  }

  private static let commandEnds = Set("\n;&|()".utf8)
  private static let wordEnds = commandEnds.union(" \t\r".utf8)

  private mutating func word() -> Word {
    var word = Word(range: position..<position)
    while position < end, !Self.wordEnds.contains(file.bytes[position]) {
      let byte = file.bytes[position]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        let isContent = word.text.isEmpty || word.text == "--command="
        let start = position + 1
        quoted(byte, into: &word)
        if isContent { word.range = start..<max(start, position - 1) }
      } else {
        word.text += file.text(position..<position + 1)
        position += 1
        word.range = word.range.lowerBound..<position
      }
    }
    return word
  }

  /// Reads a quoted stretch; between double quotes, backslashes and dollar signs mean something.
  private mutating func quoted(_ quote: UInt8, into word: inout Word) {
    position += 1
    let start = position
    while position < end, file.bytes[position] != quote {
      let place = position
      position += 1
      guard quote == UInt8(ascii: "\"") else { continue }
      if file.bytes[place] == UInt8(ascii: "\\"), position < end, Self.escapable.contains(file.bytes[position]) {
        position += 1
        word.substitutions.append(Substitution(range: place..<position, text: file.text(place + 1..<position)))
      } else if file.bytes[place] == UInt8(ascii: "$"), let name = variable() {
        word.substitutions.append(Substitution(range: place..<position, text: name.lowercased()))
      }
    }
    word.text += file.text(start..<position)
    if position < end { position += 1 }
  }

  private static let escapable = Set("\"\\$`\n".utf8)

  /// The name of a variable behind a dollar sign: `NAME` or `{NAME…}`.
  private mutating func variable() -> String? {
    let isBraced = position < end && file.bytes[position] == UInt8(ascii: "{")
    var stop = isBraced ? position + 1 : position
    let start = stop
    while stop < end, file.bytes[stop] == UInt8(ascii: "_") || file.text(stop..<stop + 1).first?.isLetter == true {
      stop += 1
    }
    guard stop > start else { return nil }
    let name = file.text(start..<stop)
    position = stop
    if isBraced {
      while position < end, file.bytes[position] != UInt8(ascii: "}") { position += 1 }
      position = min(end, position + 1)
    }
    return name
  }
}

extension ShellScript.Word {
  /// `-c`, also behind other letters such as `-Atc`, or `--command`.
  fileprivate var isCommandOption: Bool {
    text == "--command" || text.hasPrefix("-") && !text.hasPrefix("--") && text.hasSuffix("c")
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
