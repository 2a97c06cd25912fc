/// The difference between two texts as `diff -u` prints it.
struct UnifiedDiff {
  private static let context = 3

  private enum Line {
    case same(Substring)
    case removed(Substring)
    case added(Substring)
  }

  var path: String
  private var lines: [Line] = []

  init(_ old: String, _ new: String, path: String) {
    self.path = path
    let a = Self.lines(of: old)
    let b = Self.lines(of: new)
    let difference = b.difference(from: a)
    var removed: Set<Int> = []
    var added: [Int: Substring] = [:]
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, let line, _): added[offset] = line
      }
    }
    var i = 0
    var j = 0
    while i < a.count || j < b.count {
      if i < a.count, removed.contains(i) {
        lines.append(.removed(a[i]))
        i += 1
      } else if let line = added[j] {
        lines.append(.added(line))
        j += 1
      } else {
        lines.append(.same(a[i]))
        i += 1
        j += 1
      }
    }
  }

  /// The lines; one that doesn't end in a newline says so, as `diff` has it.
  private static func lines(of text: String) -> [Substring] {
    // By bytes: to Swift, a carriage return with its newline is one character.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
    if lines.last?.isEmpty == true {
      lines.removeLast()
    } else {
      lines[lines.count - 1] += "\n\\ No newline at end of file"
    }
    return lines
  }

  var text: String {
    let changed = lines.indices.filter { if case .same = lines[$0] { false } else { true } }
    guard let first = changed.first else { return "" }
    var hunks: [ClosedRange<Int>] = [first...first]
    for index in changed.dropFirst() {
      let last = hunks[hunks.count - 1]
      if index - last.upperBound <= 2 * Self.context {
        hunks[hunks.count - 1] = last.lowerBound...index
      } else {
        hunks.append(index...index)
      }
    }
    return "--- a/\(path)\n+++ b/\(path)\n" + hunks.map(hunk).joined()
  }

  private func hunk(_ range: ClosedRange<Int>) -> String {
    let shown = max(0, range.lowerBound - Self.context)...min(lines.count - 1, range.upperBound + Self.context)
    func count(_ range: Range<Int>, old: Bool) -> Int {
      lines[range].count { line in
        switch line {
        case .same: true
        case .removed: old
        case .added: !old
        }
      }
    }
    let whole = shown.lowerBound..<shown.upperBound + 1
    let before = 0..<shown.lowerBound
    let oldCount = count(whole, old: true)
    let newCount = count(whole, old: false)
    var text = "@@ -\(count(before, old: true) + 1),\(oldCount) +\(count(before, old: false) + 1),\(newCount) @@\n"
    for line in lines[whole] {
      switch line {
      case .same(let line): text += " \(line)\n"
      case .removed(let line): text += "-\(line)\n"
      case .added(let line): text += "+\(line)\n"
      }
    }
    return text
  }
}
