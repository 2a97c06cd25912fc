import PostgresSyntax

extension TypeName {
  /// The type as PostgreSQL's `format_type` writes it.
  public var formatted: String {
    var text = base
    if arrayDimensions > 0 { text += "[]" }
    return text
  }

  /// The sequence type behind `serial` and its relatives (section 8.1.4 of the PostgreSQL documentation).
  var serialType: TypeName? {
    guard name.schema == nil || name.schema == "pg_catalog" else { return nil }
    let integer: String
    switch name.name {
    case "serial", "serial4": integer = "int4"
    case "bigserial", "serial8": integer = "int8"
    case "smallserial", "serial2": integer = "int2"
    default: return nil
    }
    return TypeName(name: ObjectName(schema: "pg_catalog", integer), offset: offset)
  }

  private var base: String {
    let isBuiltIn = name.schema == nil || name.schema == "pg_catalog"
    guard isBuiltIn else { return name.sql }
    let numbers = modifiers.isEmpty ? "" : "(" + modifiers.map(String.init).joined(separator: ",") + ")"
    switch name.name {
    case "timestamptz": return "timestamp\(numbers) with time zone"
    case "timestamp": return "timestamp\(numbers) without time zone"
    case "timetz": return "time\(numbers) with time zone"
    case "time": return "time\(numbers) without time zone"
    // `char` without a length has the length 1 from the grammar; `bpchar` has none.
    case "bpchar": return (modifiers.isEmpty && name.schema == nil ? "bpchar" : "character") + numbers
    case "interval": return "interval"
    case "numeric": return modifiers.count == 1 ? "numeric(\(modifiers[0]),0)" : "numeric" + numbers
    default:
      return (Self.spellings[name.name] ?? (name.schema == "pg_catalog" ? name.name : name.name.sqlIdentifier))
        + numbers
    }
  }

  private static let spellings = [
    "int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
    "bool": "boolean", "varchar": "character varying", "varbit": "bit varying", "char": "\"char\"",
  ]
}
