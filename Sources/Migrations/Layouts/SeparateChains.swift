/// Folders that number their migrations alike, and so belong to different databases.
struct SeparateChains {
  /// The folders besides the one with the most migrations.
  private(set) var others: Set<Substring> = []

  /// How many versions two folders have in common before they count as separate: one or two may be mistakes.
  private static let limit = 3

  init(_ places: [FilePlace]) {
    var folders: [Version: Set<Substring>] = [:]
    var sizes: [Substring: Int] = [:]
    for place in places where place.direction == .up && !place.mayBeDown && !place.isRepeatable && !place.isUnnumbered {
      folders[place.version, default: []].insert(place.folder)
      sizes[place.folder, default: 0] += 1
    }
    var shared: [Substring: Int] = [:]
    for found in folders.values where found.count > 1 {
      for folder in found { shared[folder, default: 0] += 1 }
    }
    let separate = shared.filter { $0.value >= Self.limit }.keys
    let main = separate.max { a, b in
      (Self.isPostgres(a) ? 1 : 0, sizes[a] ?? 0, String(b)) < (Self.isPostgres(b) ? 1 : 0, sizes[b] ?? 0, String(a))
    }
    others = Set(separate).subtracting([main].compactMap { $0 })
  }

  private static func isPostgres(_ folder: Substring) -> Bool {
    folder.lowercased().split(separator: "/").contains { FilePlace.databases[String($0)] == .postgres }
  }
}
