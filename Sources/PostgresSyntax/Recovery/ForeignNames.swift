/// Names that later versions of PostgreSQL or other systems know.
public enum KnownNames {
  public enum Kind: Hashable, Sendable {
    case type, function, column, table, collation
  }

  /// Who knows a name, and what to write instead.
  public struct Entry: Hashable, Sendable {
    /// The version of PostgreSQL that has it; nil for a name of another system.
    public var version: Int?
    public var dialect: Dialect?
    public var replacement: String
  }

  public static func entry(_ kind: Kind, _ name: String) -> Entry? {
    if kind == .collation {
      let isMySQL = name.hasPrefix("utf8mb4_") || name.hasPrefix("utf8_") || name.hasPrefix("latin1_")
      if isMySQL { return Entry(dialect: .mysql, replacement: "") }
    }
    if kind == .function, let version = newerFunctions[name] { return Entry(version: version, replacement: "") }
    return foreign[kind]?[name].map { Entry(dialect: $0.0, replacement: $0.1) }
  }

  /// Functions that PostgreSQL 15 doesn't have yet (PostgreSQL documentation, appendix E).
  private static let newerFunctions: [String: Int] = [
    "any_value": 16, "array_sample": 16, "array_shuffle": 16, "date_add": 16, "date_subtract": 16, "erf": 16,
    "erfc": 16,
    "random_normal": 16, "pg_input_is_valid": 16, "pg_input_error_info": 16, "to_bin": 17, "to_oct": 17,
    "uuid_extract_timestamp": 17, "uuid_extract_version": 17, "unicode_assigned": 17, "xmltext": 17, "pg_basetype": 17,
    "uuidv4": 18, "uuidv7": 18, "array_sort": 18, "array_reverse": 18, "casefold": 18, "crc32": 18, "crc32c": 18,
    "gamma": 18, "lgamma": 18, "json_array": 16, "json_arrayagg": 16, "json_objectagg": 16, "json_query": 17,
    "json_value": 17, "json_exists": 17, "json_scalar": 17, "json_serialize": 17,
  ]

  /// The version that has a function of so many arguments, where earlier ones have it with other numbers only.
  public static func version(ofFunction name: String, arguments: Int) -> Int? {
    name == "random" && arguments == 2 ? 17 : nil
  }

  private static let foreign: [Kind: [String: (Dialect, String)]] = [
    .type: [
      "datetime": (.mysql, "timestamp"), "tinyint": (.mysql, "smallint"), "mediumint": (.mysql, "integer"),
      "tinytext": (.mysql, "text"), "mediumtext": (.mysql, "text"), "longtext": (.mysql, "text"),
      "tinyblob": (.mysql, "bytea"), "blob": (.mysql, "bytea"), "mediumblob": (.mysql, "bytea"),
      "longblob": (.mysql, "bytea"), "double": (.mysql, "double precision"),
      "enum": (.mysql, "text with a CHECK, or CREATE TYPE … AS ENUM"), "year": (.mysql, "smallint"),
      "varbinary": (.mysql, "bytea"), "binary": (.mysql, "bytea"), "nvarchar": (.sqlServer, "varchar"),
      "ntext": (.sqlServer, "text"), "datetime2": (.sqlServer, "timestamp"),
      "datetimeoffset": (.sqlServer, "timestamptz"), "smalldatetime": (.sqlServer, "timestamp"),
      "uniqueidentifier": (.sqlServer, "uuid"), "smallmoney": (.sqlServer, "numeric(10,4)"),
      "rowversion": (.sqlServer, "bytea"), "image": (.sqlServer, "bytea"), "varchar2": (.oracle, "varchar"),
      "nvarchar2": (.oracle, "varchar"), "number": (.oracle, "numeric"), "clob": (.oracle, "text"),
      "nclob": (.oracle, "text"), "raw": (.oracle, "bytea"), "binary_double": (.oracle, "double precision"),
      "binary_float": (.oracle, "real"), "pls_integer": (.oracle, "integer"),
    ],
    .function: [
      "ifnull": (.mysql, "coalesce(…)"), "date_format": (.mysql, "to_char(…)"),
      "group_concat": (.mysql, "string_agg(…, ',')"), "unix_timestamp": (.mysql, "extract(epoch FROM …)"),
      "from_unixtime": (.mysql, "to_timestamp(…)"), "curdate": (.mysql, "current_date"),
      "curtime": (.mysql, "current_time"), "last_insert_id": (.mysql, "RETURNING"), "rand": (.mysql, "random()"),
      "str_to_date": (.mysql, "to_timestamp(…)"), "timestampdiff": (.mysql, "subtraction and extract"),
      "utc_timestamp": (.mysql, "now() AT TIME ZONE 'UTC'"), "uuid": (.mysql, "gen_random_uuid()"),
      "isnull": (.sqlServer, "coalesce(…)"), "getdate": (.sqlServer, "now()"), "getutcdate": (.sqlServer, "now()"),
      "sysdatetime": (.sqlServer, "clock_timestamp()"), "sysutcdatetime": (.sqlServer, "clock_timestamp()"),
      "newid": (.sqlServer, "gen_random_uuid()"), "newsequentialid": (.sqlServer, "gen_random_uuid()"),
      "len": (.sqlServer, "length(…)"), "dateadd": (.sqlServer, "addition of an interval"),
      "datediff": (.sqlServer, "subtraction"), "charindex": (.sqlServer, "strpos(…)"),
      "scope_identity": (.sqlServer, "RETURNING"), "nvl": (.oracle, "coalesce(…)"), "nvl2": (.oracle, "CASE"),
      "add_months": (.oracle, "addition of an interval"), "sys_guid": (.oracle, "gen_random_uuid()"),
      "instr": (.oracle, "strpos(…)"), "strftime": (.sqlite, "to_char(…)"), "datetime": (.sqlite, "now()"),
      "julianday": (.sqlite, "extract(julian FROM …)"), "last_insert_rowid": (.sqlite, "RETURNING"),
      "randomblob": (.sqlite, "gen_random_bytes(…)"),
    ],
    .column: ["sysdate": (.oracle, "now()"), "systimestamp": (.oracle, "now()"), "rownum": (.oracle, "LIMIT")],
    .table: ["dual": (.oracle, "nothing: SELECT needs no FROM")],
    .collation: ["nocase": (.sqlite, "lower(…) or citext")],
  ]
}
