import Diagnostics

/// Flyway: `V1_2__users.sql`, undone by `U1_2__users.sql`; `R__views.sql` runs after all others; callbacks such as
/// `afterMigrate.sql` are left out. Placeholders are `${name}`.
enum Flyway: Layout {
  static let name = "flyway"

  static func recognizes(_ files: [SourceFile]) -> Bool { files.contains(where: isVersioned) }

  private static func isVersioned(_ file: SourceFile) -> Bool {
    let name = file.fileName
    return name.first == "V" && name.dropFirst().first?.isASCIIDigit == true && name.contains("__")
  }

  static func read(_ files: [SourceFile]) -> MigrationSet {
    let wanted = files.filter { file in
      let name = file.fileName
      return isVersioned(file) || name.hasPrefix("R__")
        || name.first == "U" && name.dropFirst().first?.isASCIIDigit == true
    }
    return NumberedFiles.read(wanted.map(Placeholders.dollarBraces.filled), as: name)
  }
}
