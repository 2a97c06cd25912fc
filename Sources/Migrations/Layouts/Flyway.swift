import Diagnostics

/// Flyway: `V1_2__users.sql`, undone by `U1_2__users.sql`; `R__views.sql` runs after all others; callbacks such as
/// `afterMigrate.sql` are left out. Placeholders are `${name}` unless a `flyway.conf` or `flyway.toml` says otherwise.
enum Flyway: Layout {
  static let name = "flyway"

  static func recognizes(_ files: [SourceFile]) -> Bool { files.contains(where: isVersioned) }

  private static func isVersioned(_ file: SourceFile) -> Bool {
    let name = file.fileName
    return name.first == "V" && name.dropFirst().first?.isASCIIDigit == true && name.contains("__")
  }

  static func placeholders(_ files: [SourceFile]) -> Placeholders? {
    var style = Placeholders.dollarBraces
    for file in files where file.fileName == "flyway.conf" || file.fileName == "flyway.toml" {
      for (text, _) in file.lines {
        let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks }
        guard parts.count == 2 else { continue }
        let key = parts[0].hasPrefix("flyway.") ? parts[0].dropFirst(7) : parts[0][...]
        let value = parts[1].filter { $0 != "\"" && $0 != "'" }
        if key == "placeholderPrefix" { style.open = value }
        if key == "placeholderSuffix" { style.close = value }
        // A value from the environment isn't known: the name stands for itself.
        if key.hasPrefix("placeholders."), !value.contains("${") { style.values[String(key.dropFirst(13))] = value }
      }
    }
    return style
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    let wanted = files.filter { file in
      let name = file.fileName
      return isVersioned(file) || name.hasPrefix("R__")
        || name.first == "U" && name.dropFirst().first?.isASCIIDigit == true
    }
    return NumberedFiles.read(wanted, as: name)
  }
}
