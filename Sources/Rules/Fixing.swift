import Diagnostics
import Migrations

/// The files of a set as the fixes of their findings leave them.
///
/// - Parameters:
///   - isUnsafe: whether fixes are made as well that may change the meaning.
///   - set: the migrations, read from these files.
/// - Returns: the bytes of the files that change, by path, and how many fixes were made.
public func fixed(
  _ found: [Diagnostic], in files: [SourceFile], isUnsafe: Bool
) -> (bytes: [String: [UInt8]], count: Int) {
  var edits: [String: [Fix.Edit]] = [:]
  var count = 0
  for fix in found.compactMap(\.fix) where fix.safe || isUnsafe {
    // A fix is made as a whole or, where another one has changed the same place, in the next round.
    guard fix.edits.allSatisfy({ edit in !(edits[edit.range.path] ?? []).contains { $0.overlaps(edit) } }) else {
      continue
    }
    for edit in fix.edits { edits[edit.range.path, default: []].append(edit) }
    count += 1
  }
  var bytes: [String: [UInt8]] = [:]
  for file in files {
    guard let edits = edits[file.path] else { continue }
    bytes[file.path] = edits.map { $0.with(lineEndsOf: file) }.apply(to: file.bytes)
  }
  return (bytes, count)
}

extension Fix.Edit {
  fileprivate func overlaps(_ other: Fix.Edit) -> Bool {
    let a = range.bytes
    let b = other.range.bytes
    return a.lowerBound < b.upperBound && b.lowerBound < a.upperBound || a.lowerBound == b.lowerBound
  }

  fileprivate func with(lineEndsOf file: SourceFile) -> Fix.Edit {
    guard replacement.contains("\n"), file.firstRange(of: Array("\r\n".utf8)) != nil else { return self }
    return Fix.Edit(range: range, replacement: replacement.replacing("\n", with: "\r\n"))
  }
}
