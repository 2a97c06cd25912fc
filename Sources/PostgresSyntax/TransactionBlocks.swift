extension Action {
  /// The command that the server refuses to run inside a transaction block, by the name that it calls it; nil for all
  /// others (PostgreSQL documentation, the notes of each command's page).
  public var commandOutsideTransactions: String? {
    switch self {
    case .vacuum(let vacuum): vacuum.isVacuum ? "VACUUM" : nil
    case .createIndex(let index): index.isConcurrent ? "CREATE INDEX CONCURRENTLY" : nil
    case .reindex(let kind, _, let isConcurrent): Self.reindex(kind, isConcurrent: isConcurrent)
    case .alterTable(let change): change.changes.contains(where: \.isConcurrentDetach) ? Self.detach : nil
    case .drop(let drop): drop.commandOutsideTransactions
    case .define(let definition): definition.commandOutsideTransactions
    case .other(let kind): kind == "AlterSystemStmt" ? "ALTER SYSTEM" : nil
    default: nil
    }
  }

  private static let detach = "ALTER TABLE ... DETACH CONCURRENTLY"

  private static func reindex(_ kind: ObjectKind, isConcurrent: Bool) -> String? {
    if isConcurrent { return "REINDEX CONCURRENTLY" }
    return switch kind {
    case .schema: "REINDEX SCHEMA"
    case .database: "REINDEX DATABASE"
    default: nil
    }
  }

  /// The command that the server runs only inside a transaction block.
  public var commandInsideTransactions: String? {
    switch self {
    case .lock: "LOCK TABLE"
    case .transaction(.savepoint): "SAVEPOINT"
    case .transaction(.release): "RELEASE SAVEPOINT"
    case .transaction(.rollbackTo): "ROLLBACK TO SAVEPOINT"
    default: nil
    }
  }
}

extension AlterTable.Change {
  fileprivate var isConcurrentDetach: Bool {
    if case .detachPartition(_, concurrently: true) = self { true } else { false }
  }
}

extension Drop {
  fileprivate var commandOutsideTransactions: String? {
    switch kind {
    case .index: isConcurrent ? "DROP INDEX CONCURRENTLY" : nil
    case .database: "DROP DATABASE"
    case .tablespace: "DROP TABLESPACE"
    default: nil
    }
  }
}

extension Definition {
  fileprivate var commandOutsideTransactions: String? {
    guard !isAlter else { return nil }
    return switch target.kind {
    case .database: "CREATE DATABASE"
    case .tablespace: "CREATE TABLESPACE"
    default: nil
    }
  }
}
