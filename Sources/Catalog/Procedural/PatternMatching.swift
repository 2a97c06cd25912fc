extension String {
  /// Whether the text is LIKE a pattern, or ILIKE (PostgreSQL documentation, section 9.7.1 "LIKE").
  func isLike(_ pattern: String, ignoringCase: Bool) -> Bool {
    let text = Array(ignoringCase ? lowercased() : self)
    let pattern = Array(ignoringCase ? pattern.lowercased() : pattern)
    // How much of the text the pattern so far may stand for.
    var reachable = Set([0])
    var index = 0
    while index < pattern.count {
      var next: Set<Int> = []
      switch pattern[index] {
      case "%": if let first = reachable.min() { next = Set(first...text.count) }
      case "_": next = Set(reachable.map { $0 + 1 }.filter { $0 <= text.count })
      default:
        if pattern[index] == "\\", index + 1 < pattern.count { index += 1 }
        next = Set(reachable.filter { $0 < text.count && text[$0] == pattern[index] }.map { $0 + 1 })
      }
      reachable = next
      index += 1
    }
    return reachable.contains(text.count)
  }
}
