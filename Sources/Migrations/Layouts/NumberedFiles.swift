import Diagnostics

/// Files, or folders with an `up.sql`, whose names begin with a version: golang-migrate, sqlx, Flyway, diesel, Prisma,
/// Supabase, and plain numbered files with their rollbacks beside them or in a folder of their own.
enum NumberedFiles: Layout {
  static let name = "numbered"

  static func recognizes(_ files: [SourceFile]) -> Bool { true }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    var migrations: [Version: Migration] = [:]
    var order: [Version] = []
    let places = files.map { Place($0.path) }
    let certain = Set(places.filter { $0.direction == .up && !$0.mayBeDown }.map(\.version))
    for (file, place) in zip(files, places) {
      var place = place
      if place.mayBeDown, certain.contains(place.version) { place.direction = .down }
      var key = place.version
      // Two migrations with one version are two migrations; a rollback belongs to the one it names.
      if place.direction == .up, let known = migrations[key], !known.up.isEmpty { key = Version(file.path) }
      if migrations[key] == nil {
        migrations[key] = Migration(version: place.version.text, name: place.name)
        order.append(key)
      }
      if place.direction == .up {
        migrations[key]?.version = place.version.text
        migrations[key]?.name = place.name
        migrations[key]?.up.append(Script(file: file))
      } else {
        migrations[key]?.down.append(Script(file: file))
      }
    }
    let found = order.compactMap { migrations[$0] }.map { (version: Version($0.version), migration: $0) }
    let sorted = found.sorted { a, b in
      // Prisma applies its folders in the order of their names, whatever the length of their numbers.
      if a.migration.path.hasSuffix("/migration.sql"), b.migration.path.hasSuffix("/migration.sql") {
        return a.migration.path < b.migration.path
      }
      return a.version == b.version ? a.migration.path < b.migration.path : a.version < b.version
    }
    return MigrationSet(layout: name, transactions: .file, migrations: sorted.map(\.migration))
  }

  /// What a path says about its file.
  private struct Place {
    var version: Version
    var name: String
    var direction: Direction
    /// `006_rollback_stamps`: a rollback if another file of that version is a migration.
    var mayBeDown = false

    init(_ path: String) {
      let parts = path.split(separator: "/")
      let file = parts.last ?? ""
      let folder = parts.dropLast().last ?? ""
      var stem = file.hasSuffix(".sql") ? file.dropLast(4) : file
      direction = .up
      for (suffix, way) in [(".up", Direction.up), (".down", .down), ("_up", .up), ("_down", .down), (".undo", .down)]
      where stem.hasSuffix(suffix) {
        stem = stem.dropLast(suffix.count)
        direction = way
      }
      if ["up", "down", "migration"].contains(stem), let (version, name) = Version.split(folder) {
        self.version = Version(version)
        self.name = name
        if stem == "down" { direction = .down }
        return
      }
      if Self.rollbackFolders.contains(folder.lowercased()) { direction = .down }
      if stem.first == "U", stem.dropFirst().first?.isASCIIDigit == true { direction = .down }
      let words = stem.split { $0 == "_" || $0 == "-" }
      let others = words.filter { !Self.rollbackWords.contains($0.lowercased()) }
      if others.count < words.count, let (version, name) = Version.split(Substring(others.joined(separator: "_"))) {
        if words[0].first?.isASCIIDigit == true {
          mayBeDown = true
        } else {
          direction = .down
        }
        self.version = Version(version)
        self.name = mayBeDown ? Version.split(stem)?.name ?? name : name
        return
      }
      let (version, name) = Version.split(stem) ?? (String(stem), String(stem))
      self.version = Version(version)
      self.name = name.isEmpty ? String(stem) : name
    }

    static let rollbackFolders: Set<String> = ["rollback", "rollbacks", "down", "revert", "reverts", "undo"]
    static let rollbackWords: Set<String> = ["rollback", "revert", "undo"]
  }
}
