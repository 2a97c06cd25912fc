import Diagnostics

/// Files, or folders with an `up.sql`, whose names begin with a version, with their rollbacks beside them or in a folder
/// of their own: what the tools with a layout of their own have in common, and what people number by hand.
enum NumberedFiles: Layout {
  static let name = "numbered"

  static func recognizes(_ files: [SourceFile]) -> Bool { true }

  static func read(_ files: [SourceFile]) -> MigrationSet { read(files, as: name) }

  /// - Parameter byName: whether the tool goes by the names of the folders, whatever the length of their numbers.
  static func read(
    _ files: [SourceFile], as layout: String, transactions: TransactionProfile = .file, byName: Bool = false
  ) -> MigrationSet {
    var migrations: [Version: Migration] = [:]
    var order: [Version] = []
    var repeatable: [Migration] = []
    let files = files.filter { !controlFiles.contains(String($0.fileName)) }
    var placed = zip(files, files.map { FilePlace($0.path) }).filter { $1.database != .other }
    var otherChains: [[Script]] = []
    if !byName {
      let separate = SeparateChains(placed.map(\.1)).others
      otherChains = separate.sorted().map { folder in
        placed.filter { $1.folder == folder && $1.direction == .up }.map { Script(file: $0.0) }
      }
      placed.removeAll { separate.contains($1.folder) }
    }
    let isNumbered = placed.count { !$1.isUnnumbered } > placed.count / 2
    var asides: [Script] = []
    var companions: [Script] = []
    // pop numbers the pieces of one migration: fourteen digits of time, and six more.
    let isInPieces = placed.count { $1.version.text.utf8.count == 20 } > placed.count / 2
    let certain = Set(placed.filter { $1.direction == .up && !$1.mayBeDown }.map(\.1.version))
    // A file for PostgreSQL takes the place of one for every database.
    let own = Set(placed.filter { $1.database == .postgres }.map { "\($1.version.text) \($1.direction)" })
    // A rollback belongs to the migration of its name, of which there may be two with one version.
    var keys: [String: Version] = [:]
    for (file, place) in placed.filter({ $1.direction == .up }) + placed.filter({ $1.direction != .up }) {
      var place = place
      if place.database == nil, own.contains("\(place.version.text) \(place.direction)") { continue }
      // Flyway undoes by files of another name only.
      if layout == "flyway", place.direction == .down, file.fileName.first == "V" { place.direction = .up }
      if layout == "flyway" { place.mayBeDown = false }
      if place.mayBeDown, certain.contains(place.version) { place.direction = .down }
      if isNumbered, place.isUnnumbered {
        if FilePlace.companions.contains(place.name.lowercased()) {
          companions.append(Script(file: file))
          continue
        }
        // No tool would run it in turn.
        if place.direction == .up {
          asides.append(Script(file: file))
          continue
        }
      }
      if place.isRepeatable {
        var migration = Migration(version: "R__" + place.name, name: place.name, up: [Script(file: file)])
        migration.isRepeatable = true
        repeatable.append(migration)
        continue
      }
      if isInPieces, place.version.text.utf8.count == 20 {
        place.version = Version(String(place.version.text.prefix(14)))
      }
      var key = place.version
      // Two migrations with one version are two migrations; a rollback belongs to the one it names.
      if !isInPieces, place.direction == .up, let known = migrations[key], !known.up.isEmpty {
        key = Version(exactly: file.path)
      }
      let fullName = "\(place.version.text) \(place.name)"
      let inFolder = "\(place.folder) \(fullName)"
      if place.direction == .up {
        keys[inFolder] = key
        keys[fullName] = keys[fullName] ?? key
      } else if !isInPieces {
        key = keys[inFolder] ?? keys[fullName] ?? key
      }
      if migrations[key] == nil {
        migrations[key] = Migration(version: place.version.text, name: place.name)
        order.append(key)
      }
      if place.isAutocommit || file.saysNoTransaction { migrations[key]?.transactions = .statement }
      if place.direction == .up {
        migrations[key]?.version = place.version.text
        migrations[key]?.name = place.name
        migrations[key]?.up.append(Script(file: file))
      } else {
        let place = isInPieces ? 0 : migrations[key]?.down.count ?? 0
        migrations[key]?.down.insert(Script(file: file), at: place)
      }
    }
    let found = order.compactMap { migrations[$0] }.map { (version: Version($0.version), migration: $0) }
    let sorted = found.sorted { a, b in
      if byName { return a.migration.path < b.migration.path }
      return a.version == b.version ? a.migration.path < b.migration.path : a.version < b.version
    }
    var set = MigrationSet(
      layout: layout, transactions: transactions,
      migrations: sorted.map(\.migration) + repeatable.sorted { $0.name < $1.name })
    set.asides = asides
    set.otherChains = otherChains
    set.queries = companions
    return set
  }
}

extension SourceFile {
  /// The last part of the path.
  var fileName: Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path[...]
  }
  /// The folder that the file is in.
  var folderName: Substring {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    let above = path[..<slash]
    return above.utf8.lastIndex(of: UInt8(ascii: "/")).map { above[above.index(after: $0)...] } ?? above
  }

  /// Whether a comment at the top asks the runner not to open a transaction.
  fileprivate var saysNoTransaction: Bool {
    leadingComments.prefix(8).contains { line in
      ["no-transaction", "disable-transaction", "atlas:txmode none", "transaction: false", "transaction:false"].contains
      {
        line.hasSuffix($0)
      }
    }
  }
}
