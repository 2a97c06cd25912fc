import Diagnostics

/// What a path says about its file: version, name and direction.
struct FilePlace {
  var version: Version
  var name: String
  /// The folder of the file, or above the one that is named after the migration.
  var folder: Substring
  var direction: Direction
  /// `006_rollback_stamps`: a rollback if another file of that version is a migration.
  var mayBeDown = false
  /// Run again whenever it changes, after all others.
  var isRepeatable = false
  /// The database that the name limits the file to, such as `postgres` in `1_a.postgres.up.sql`.
  var database: Database?
  /// `.autocommit`: without a transaction.
  var isAutocommit = false

  enum Database { case postgres, other }

  /// Whether the path gives no place among the others.
  var isUnnumbered: Bool { !isRepeatable && !version.text.contains(where: \.isASCIIDigit) }

  init(_ path: String) {
    let parts = path.split(separator: "/")
    let file = parts.last ?? ""
    let folder = parts.dropLast().last ?? ""
    var stem = file.hasSuffix(".sql") ? file.dropLast(4) : file
    direction = .up
    self.folder = parts.dropLast().joined(separator: "/")[...]
    var isRest = true
    while isRest {
      isRest = false
      for (suffix, way) in Self.directions where stem.hasSuffix(suffix) {
        stem = stem.dropLast(suffix.count)
        direction = way
        isRest = true
      }
      if let dot = stem.lastIndex(of: "."), let database = Self.databases[String(stem[dot...].dropFirst())] {
        self.database = database
        stem = stem[..<dot]
        isRest = true
      }
      if stem.hasSuffix(".autocommit") {
        isAutocommit = true
        stem = stem.dropLast(".autocommit".count)
        isRest = true
      }
    }
    if ["up", "down", "migration"].contains(stem), let (version, name) = Version.split(folder) {
      self.version = Version(version)
      self.name = name
      if stem == "down" { direction = .down }
      self.folder = parts.dropLast(2).joined(separator: "/")[...]
      return
    }
    if parts.dropLast().contains(where: { Self.rollbackFolders.contains($0.lowercased()) }) { direction = .down }
    if stem.first == "U", stem.dropFirst().first?.isASCIIDigit == true { direction = .down }
    if stem.hasPrefix("R__") {
      isRepeatable = true
      name = String(stem.dropFirst(3))
      version = Version(name)
      return
    }
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
    var (version, name) = Version.split(stem) ?? (String(stem), String(stem))
    // `0.19/00__users.sql`: the folder is the first part of the version.
    if Self.isVersion(folder), version.first?.isASCIIDigit == true {
      version = "\(folder).\(version)"
      self.folder = parts.dropLast(2).joined(separator: "/")[...]
    }
    self.version = Version(version)
    self.name = name.isEmpty ? String(stem) : name
  }

  /// Whether a folder is named after a release or a year.
  private static func isVersion(_ folder: Substring) -> Bool {
    folder.allSatisfy { $0.isASCIIDigit || $0 == "." } && folder.first?.isASCIIDigit == true
      && (folder.contains(".") || folder.count == 4)
  }

  private static let directions: [(String, Direction)] = [
    (".up", .up), (".down", .down), ("_up", .up), ("_down", .down), (".undo", .down), (".rollback", .down),
  ]
  static let databases: [String: Database] = [
    "postgres": .postgres, "postgresql": .postgres, "pg": .postgres, "psql": .postgres, "mysql": .other,
    "mariadb": .other, "sqlite": .other, "sqlite3": .other, "cockroach": .other, "mssql": .other, "oracle": .other,
    "h2": .other,
  ]
  /// Names of files that work on the migrated schema.
  static let companions: Set<String> = ["queries", "query", "seed", "seeds", "reset", "drop", "test", "tests"]
  static let rollbackFolders: Set<String> = ["rollback", "rollbacks", "down", "revert", "reverts", "undo"]
  static let rollbackWords: Set<String> = ["rollback", "revert", "undo"]
}
