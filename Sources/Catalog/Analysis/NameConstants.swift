import PostgresSyntax

/// Constants that name an object: `'orders'::regclass`, `nextval('orders_id_seq')` (PostgreSQL documentation,
/// section 8.19 "Object Identifier Types").
extension Analyzer {
  /// Whether the type is one of those; reports a name that nothing has.
  mutating func checkName(_ text: String, as type: OID, at offset: Int) -> Bool {
    guard [.regclass, .regtype, .regnamespace, .regrole].contains(type) else { return false }
    // Numbers stand for themselves, and "-" for none.
    guard text != "-", Int(text) == nil, !text.isEmpty else { return true }
    let name = text.parsedName
    if let schema = name.schema, type == .regclass || type == .regtype, !catalog.hasSchema(schema) {
      reject(.undefined(ObjectID(.schema, schema)), at: offset, isCertain: isCertain)
      return true
    }
    let isSystem = name.name.hasPrefix("pg_") || name.schema == "pg_catalog" || name.schema == "information_schema"
    switch type {
    case .regclass:
      let isKnown =
        catalog.relation(name) != nil || catalog.index(name) != nil || catalog.builtInRelation(name) != nil
      if !isKnown {
        reject(
          .undefined(ObjectID(.table, name)), at: offset,
          isCertain: isCertain && !isSystem && !catalog.hasUnknownExtension)
      }
    case .regnamespace:
      if !catalog.hasSchema(name.name) {
        reject(.undefined(ObjectID(.schema, name.name)), at: offset, isCertain: isCertain && !isSystem)
      }
    case .regrole:
      if catalog.roles[name.name] == nil, !isSystem, name.name != "postgres" {
        reject(.undefined(ObjectID(.role, name.name)), at: offset, isCertain: isCertain)
      }
    default:
      // What a type is called has many forms: only a plain name is judged.
      guard text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }), catalog.typeNumber(name) == nil,
        !catalog.mayProvide(type: name), !Self.typeWords.contains(name.name)
      else { break }
      reject(.undefined(ObjectID(.type, name)), at: offset, isCertain: isCertain && !catalog.hasUnknownExtension)
    }
    return true
  }

  /// Types that the grammar knows under other names.
  private static let typeWords: Set<String> = [
    "int", "integer", "smallint", "bigint", "real", "float", "decimal", "dec", "boolean", "character", "char",
    "nchar", "timestamp", "time", "interval", "bit", "varchar", "numeric",
  ]
}
