import Diagnostics

/// Finds out what the files are: migrations with their order, rollbacks, queries of a document.
///
/// - Parameter layout: the name of a layout to use instead of the one that fits.
/// - Throws: `UnknownLayout` where no layout has that name.
public func discover(_ files: [SourceFile], layout name: String? = nil) throws(UnknownLayout) -> MigrationSet {
  guard let name else { return (allLayouts.first { $0.recognizes(files) } ?? NumberedFiles.self).read(files) }
  guard let layout = allLayouts.first(where: { $0.name == name }) else { throw UnknownLayout(name: name) }
  return layout.read(files)
}

/// One way of arranging migrations on disk.
public protocol Layout: Sendable {
  /// The name for `--layout`.
  static var name: String { get }
  /// Whether the files are evidently arranged in this way.
  static func recognizes(_ files: [SourceFile]) -> Bool
  static func read(_ files: [SourceFile]) -> MigrationSet
}

/// The layouts, the most particular first.
public let allLayouts: [any Layout.Type] = [
  MarkdownPlan.self, Sqitch.self, Liquibase.self, Goose.self, Dbmate.self, SqlMigrate.self, StructureSQL.self,
  PgDump.self, Prisma.self, Hasura.self, Diesel.self, Flyway.self, Supabase.self, Sqlx.self, GolangMigrate.self,
  NumberedFiles.self,
]

/// Files that are no SQL, but tell a layout what it must know.
public let controlFiles: Set<String> = ["sqitch.plan", "metadata.toml"]

public struct UnknownLayout: Error, Sendable {
  public var name: String
  /// The names that exist.
  public var known: [String] { allLayouts.map { $0.name } }
}
