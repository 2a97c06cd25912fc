import Diagnostics
import Foundation
import Migrations

/// The files that a command works on, read and put in order.
struct Input {
  var set: MigrationSet
  var configuration: Configuration

  /// Folders that are looked for where neither the command line nor the configuration names one.
  static let usualFolders = [
    "migrations", "supabase/migrations", "prisma/migrations", "db/migrations", "database/migrations",
  ]

  /// - Parameter replacing: texts that take the place of what is in files, by path.
  init(_ options: InputOptions, replacing: [String: [UInt8]] = [:]) throws {
    let configuration = try Self.configuration(options)
    self.configuration = configuration
    let (paths, usesConfigured) = try Self.paths(options, configuration)
    var files = try paths.flatMap { try Self.read($0) }
    if usesConfigured, let rollbacks = configuration.rollbacks {
      let known = Set(files.map(\.path))
      files += try Self.read(configuration.resolve(rollbacks)).filter { !known.contains($0.path) }
    }
    let baseline = configuration.baseline?.map { configuration.resolve($0) } ?? []
    files.removeAll { baseline.contains($0.path) }
    files = files.map { file in replacing[file.path].map { SourceFile(path: file.path, bytes: $0) } ?? file }
    do {
      set = try discover(
        files, layout: options.layout ?? configuration.layout, placeholders: configuration.placeholders)
    } catch {
      throw Failure(
        kind: .usage,
        message: "there is no layout '\(error.name)'; choose from \(error.known.joined(separator: ", "))")
    }
    if let profile = configuration.transactions {
      set.transactions = profile
      set.saysTransactions = true
    }
    if let name = configuration.preset {
      set.baseline = [Script(file: preset(name))]
      set.searchPath = presetSearchPaths[name]
    }
    if configuration.baseline != nil {
      set.baseline =
        try (set.baseline ?? [])
        + baseline.flatMap { try Self.read($0) }.map { file in
          Script(file: replacing[file.path].map { SourceFile(path: file.path, bytes: $0) } ?? file)
        }
    }
  }

  private static func configuration(_ options: InputOptions) throws -> Configuration {
    if let path = options.config { return try ConfigurationReader(path: path).read() }
    let first = options.paths.first.flatMap { $0 == "-" ? nil : $0 } ?? ""
    let isFolder = isFolder(first)
    let folder =
      isFolder || first.isEmpty ? first : first.contains("/") ? String(first[..<first.lastIndex(of: "/")!]) : ""
    guard let path = Configuration.search(from: folder.hasSuffix("/") ? String(folder.dropLast()) : folder) else {
      return Configuration()
    }
    return try ConfigurationReader(path: path).read()
  }

  /// The paths to read, and whether they are the migrations that the configuration speaks of.
  private static func paths(
    _ options: InputOptions, _ configuration: Configuration
  ) throws -> (paths: [String], usesConfigured: Bool) {
    let configured = configuration.migrations.map { configuration.resolve($0) }
    if options.paths.isEmpty {
      if let configured { return ([configured], true) }
      if let folder = usualFolders.first(where: isFolder) { return ([folder], false) }
      throw Failure(
        kind: .usage,
        message: "no migrations found: name a folder or file, or run 'schemacheck init' where they are")
    }
    // The folder of a configuration stands for the migrations that it names.
    if options.paths.count == 1, let configured, let folder = configuration.folder,
      same(options.paths[0], folder.isEmpty ? "." : folder) || same(options.paths[0], configured)
    {
      return ([configured], true)
    }
    return (options.paths, false)
  }

  private static func same(_ a: String, _ b: String) -> Bool {
    func standardized(_ path: String) -> String {
      URL(filePath: path.hasSuffix("/") ? String(path.dropLast()) : path).standardizedFileURL.path
    }
    return standardized(a) == standardized(b)
  }

  /// The files below a folder, which may itself be a link.
  private static func contents(_ folder: String) -> [String] {
    let root = URL(filePath: folder).resolvingSymlinksInPath().path
    return FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []
  }

  static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  /// The SQL files of a folder, or one file.
  static func read(_ path: String) throws -> [SourceFile] {
    if path == "-" { return [try readStandardInput()] }
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure(kind: .usage, message: "there is no file or folder '\(path)'")
    }
    guard isFolder(path) else { return [try readFile(path, isNamed: true)] }
    let prefix = path.hasSuffix("/") ? path : path + "/"
    let names = contents(path).filter {
      ($0.hasSuffix(".sql") || controlFiles.contains(String($0.split(separator: "/").last ?? "")))
        && !$0.split(separator: "/").contains { $0.hasPrefix(".") } && !isFolder(prefix + $0)
    }
    guard names.contains(where: { $0.hasSuffix(".sql") }) else {
      throw Failure(kind: .usage, message: "there are no .sql files in '\(path)'")
    }
    return try names.sorted().map { try readFile(prefix + $0) }
  }

  private static func readStandardInput() throws -> SourceFile {
    do { return SourceFile(path: "-", bytes: Array(try FileHandle.standardInput.readToEnd() ?? Data())) } catch {
      throw Failure(kind: .usage, message: "cannot read standard input: \(error.localizedDescription)")
    }
  }

  /// A file of a folder that can't be read is a finding; one that the user names is an error.
  private static func readFile(_ path: String, isNamed: Bool = false) throws -> SourceFile {
    do {
      return SourceFile(path: path, bytes: try FileReader.contents(of: path, anyKind: isNamed))
    } catch {
      if isNamed { throw Failure(kind: .usage, message: "cannot read '\(path)': \(error.reason)") }
      return SourceFile(path: path, bytes: [], failure: "the file can't be read: \(error.reason)")
    }
  }
}
