/// Names to choose from for "did you mean".
struct SimilarNames: Sendable {
  private struct Entry: Sendable {
    var name: String
    var length: Int
    /// One bit for each letter: names that differ by few letters differ by few bits.
    var letters: UInt64
  }

  private var entries: [Entry] = []
  private var known: Set<String> = []

  init(_ names: [String] = []) {
    for name in names { insert(name) }
  }

  mutating func insert(_ name: String) {
    guard known.insert(name).inserted else { return }
    entries.append(Entry(name: name, length: name.utf8.count, letters: Self.letters(name)))
  }

  /// The name that differs from the one given by no more than a slip of the finger.
  func nearest(to name: String, where isCandidate: (String) -> Bool = { _ in true }) -> String? {
    let length = name.utf8.count
    let limit = max(1, length / 4)
    let letters = Self.letters(name)
    let similar = entries.filter { entry in
      abs(entry.length - length) <= limit && (entry.letters ^ letters).nonzeroBitCount <= 2 * limit
        && entry.name != name && editDistance(entry.name, name, limit: limit) <= limit && isCandidate(entry.name)
    }
    return similar.isEmpty ? nil : Rules.nearest(to: name, in: similar.map(\.name))
  }

  private static func letters(_ name: String) -> UInt64 {
    name.utf8.reduce(0) { $0 | 1 << UInt64($1 & 63) }
  }
}

/// The name that is most like the one given, for "did you mean".
public func nearest(to name: String, in names: [String]) -> String {
  names.min { (editDistance($0, name), $0) < (editDistance($1, name), $1) } ?? ""
}

/// Insertions, deletions and substitutions that turn one text into the other.
///
/// - Parameter limit: distances above it needn't be exact.
func editDistance(_ a: String, _ b: String, limit: Int = 4) -> Int {
  var (a, b) = (a, b)
  return a.withUTF8 { a in
    b.withUTF8 { b in
      guard abs(a.count - b.count) <= limit else { return .max }
      return withUnsafeTemporaryAllocation(of: Int.self, capacity: b.count + 1) { row in
        for j in 0...b.count { row.initializeElement(at: j, to: j) }
        for i in a.indices {
          var previous = row[0]
          row[0] = i + 1
          var least = row[0]
          for j in b.indices {
            let substituted = previous + (a[i] == b[j] ? 0 : 1)
            previous = row[j + 1]
            row[j + 1] = min(substituted, row[j + 1] + 1, row[j] + 1)
            least = min(least, row[j + 1])
          }
          if least > limit { return .max }
        }
        return row[b.count]
      }
    }
  }
}
