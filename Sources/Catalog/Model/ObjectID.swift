import Diagnostics
import PostgresSyntax

/// One object of the database, by the name that tells it from all others of its kind.
public struct ObjectID: Hashable, Sendable, CustomStringConvertible {
  public var kind: ObjectKind
  /// Nil for objects that belong to no schema, and for names that nothing resolved.
  public var schema: String?
  public var name: String
  /// The table of a column, constraint, trigger, policy or rule.
  public var table: String?
  /// The input types of a function, separated by commas.
  public var signature: String?

  public init(_ kind: ObjectKind, schema: String? = nil, _ name: String, table: String? = nil, signature: String? = nil)
  {
    self.kind = kind
    self.schema = schema
    self.name = name
    self.table = table
    self.signature = signature
  }

  public init(_ kind: ObjectKind, _ name: ObjectName) {
    self.init(kind, schema: name.schema, name.name)
  }

  /// A column, constraint, trigger, policy or rule of a table.
  init(_ kind: ObjectKind, _ name: String, of table: ObjectName) {
    self.init(kind, schema: table.schema, name, table: table.name)
  }

  /// The name as messages show it: without the schema that everything is in by default.
  public var description: String {
    let prefix = schema == nil || schema == "public" ? "" : "\(schema!)."
    return prefix + (table.map { "\($0)." } ?? "") + name + (signature.map { "(\($0))" } ?? "")
  }
}

/// Where in the migrations something comes from.
public struct Origin: Hashable, Sendable {
  public var file: SourceFile
  public var range: Range<Int>
  /// The version of the migration; nil for the baseline and for queries.
  public var migration: String?

  public init(file: SourceFile, range: Range<Int>, migration: String?) {
    self.file = file
    self.range = range
    self.migration = migration
  }

  public var sourceRange: SourceRange { file.range(range) }

  public static func == (a: Origin, b: Origin) -> Bool {
    a.file === b.file && a.range == b.range && a.migration == b.migration
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(file))
    hasher.combine(range)
  }
}
