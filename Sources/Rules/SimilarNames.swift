/// Names to choose from for "did you mean".
struct SimilarNames: Sendable {
  private struct Entry: Sendable {
    var name: String
    var length: Int
    /// One bit for each letter: names that differ by few letters differ by few bits.
    var letters: UInt64
  }

  private var entries: [Entry] = []

  init(_ names: [String] = []) {
    for name in names { insert(name) }
  }

  mutating func insert(_ name: String) {
    entries.append(Entry(name: name, length: name.utf8.count, letters: Self.letters(name)))
  }

  /// The name that differs from the one given by no more than a slip of the finger.
  func nearest(to name: String, where isCandidate: (String) -> Bool = { _ in true }) -> String? {
    let length = name.utf8.count
    let limit = max(1, length / 4)
    let letters = Self.letters(name)
    let similar = entries.filter { entry in
      abs(entry.length - length) <= limit && (entry.letters ^ letters).nonzeroBitCount <= 2 * limit
        && entry.name != name && editDistance(entry.name, name) <= limit && isCandidate(entry.name)
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
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.utf8), Array(b.utf8))
  guard abs(a.count - b.count) <= 4 else { return .max }
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var previous = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substituted = previous + (x == y ? 0 : 1)
      previous = row[j + 1]
      row[j + 1] = min(substituted, row[j + 1] + 1, row[j] + 1)
    }
  }
  return row[b.count]
}
