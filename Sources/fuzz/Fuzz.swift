import Catalog
import Diagnostics
import Glibc
import Migrations
import PostgresSyntax
import Rules

/// libFuzzer's own main function (LLVM documentation, "libFuzzer", "Using libFuzzer as a library").
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

@main
struct Fuzz {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(runDriver(&count, &arguments) { testOneInput($0, $1) })
  }
}

/// Everything runs on the calling thread, because threads that parse must not be many.
private func testOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  let isMarkdown = bytes.first == UInt8(ascii: "#")
  let file = SourceFile(path: isMarkdown ? "plan.md" : "1_input.sql", bytes: bytes)
  if !isMarkdown { checkPlaces(parse(file), in: file) }
  guard let set = try? discover([file]) else { return 0 }
  checkFindings(lint(set, settings: RuleSettings(threads: 0)), in: file)
  _ = simulatedSchema(set, postgresVersion: 15, threads: 0).inventory
  return 0
}

/// Statements follow each other, and errors are where the file is.
private func checkPlaces(_ parsed: ParsedSQL, in file: SourceFile) {
  var end = 0
  for statement in parsed.statements {
    precondition(statement.range.lowerBound >= end, "statements overlap")
    end = statement.range.upperBound
  }
  precondition(end <= file.bytes.count, "a statement ends behind the file")
  for error in parsed.errors {
    precondition(error.range.upperBound <= file.bytes.count, "an error is behind the file")
    precondition(error.statement.upperBound <= file.bytes.count, "a broken statement ends behind the file")
  }
}

private func checkFindings(_ result: LintResult, in file: SourceFile) {
  for diagnostic in result.diagnostics {
    precondition(diagnostic.range.end.offset <= file.bytes.count, "a finding is behind the file")
    for edit in diagnostic.fix?.edits ?? [] {
      precondition(edit.range.end.offset <= file.bytes.count, "an edit is behind the file")
    }
  }
}
