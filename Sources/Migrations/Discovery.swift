import Diagnostics

/// Finds out what the files are: migrations with their order, rollbacks, queries of a document.
///
/// - Parameters:
///   - name: the name of a layout to use instead of the one that fits.
///   - placeholders: texts that the runner replaces before it sends a file, with what it puts there.
/// - Throws: `UnknownLayout` where no layout has that name.
public func discover(
  _ files: [SourceFile], layout name: String? = nil, placeholders: [String: String] = [:]
) throws(UnknownLayout) -> MigrationSet {
  var layout: any Layout.Type = NumberedFiles.self
  if let name {
    guard let known = allLayouts.first(where: { $0.name == name }) else { throw UnknownLayout(name: name) }
    layout = known
  } else if let fitting = allLayouts.first(where: { $0.recognizes(files) }) {
    layout = fitting
  }
  let style = layout.placeholders(files)
  if style == nil, placeholders.isEmpty { return layout.read(files) }
  return layout.read(files.map { $0.filled(placeholders, style) })
}

/// One way of arranging migrations on disk.
protocol Layout: Sendable {
  /// The name for `--layout`.
  static var name: String { get }
  /// Whether the files are evidently arranged in this way.
  static func recognizes(_ files: [SourceFile]) -> Bool
  static func read(_ files: [SourceFile]) -> MigrationSet
  /// How the tool marks what it replaces; nil where it replaces nothing.
  static func placeholders(_ files: [SourceFile]) -> Placeholders?
}

extension Layout {
  static func placeholders(_ files: [SourceFile]) -> Placeholders? { nil }

  /// Whether most of the SQL files carry the marks of a layout: a stray file doesn't decide for the others.
  static func mostFiles(_ files: [SourceFile], _ isMarked: (SourceFile) -> Bool) -> Bool {
    let scripts = files.filter { $0.fileName.hasSuffix(".sql") }
    let marked = scripts.count(where: isMarked)
    return marked > 0 && marked * 2 >= scripts.count
  }
}

/// The layouts, the most particular first.
let allLayouts: [any Layout.Type] = [
  MarkdownPlan.self, Sqitch.self, Liquibase.self, Goose.self, Dbmate.self, SqlMigrate.self, StructureSQL.self,
  PgDump.self, Prisma.self, Hasura.self, Diesel.self, Flyway.self, Supabase.self, Sqlx.self, GolangMigrate.self,
  NumberedFiles.self,
]

/// The names of the layouts, for `--layout`.
public let layoutNames = allLayouts.map { $0.name }

/// Files that are no SQL, but tell a layout what it must know.
public let controlFiles: Set<String> = ["sqitch.plan", "metadata.toml", "flyway.conf", "flyway.toml"]

public struct UnknownLayout: Error, Sendable {
  public var name: String
  /// The names that exist.
  public var known: [String] { layoutNames }
}
