import PostgresSyntax

/// Types as the catalog at hand knows them: the server's, extensions' and created ones.
extension Catalog {
  /// What the type rules need to know of a type; nil where nothing is known of it.
  func facts(of oid: OID) -> TypeFacts? {
    if !oid.isCreated { return SystemTypes.shared.byNumber[oid] }
    if oid.number & 1 == 1 {
      let element = OID(oid.number - 1)
      guard let facts = facts(of: element) else { return nil }
      return TypeFacts(
        oid: oid, name: "_" + facts.name, schema: facts.schema, kind: .base, category: "A", element: element,
        hasCollation: facts.hasCollation)
    }
    if let type = types[oid] { return facts(of: type) }
    guard let relation = relations[oid], !relation.isAssumed, relation.kind != .sequence else { return nil }
    return TypeFacts(
      oid: oid, name: relation.name.name, schema: relation.name.schema ?? "", kind: .composite, category: "C",
      array: oid.array)
  }

  private func facts(of type: UserType) -> TypeFacts? {
    var facts = TypeFacts(
      oid: type.oid, name: type.name.name, schema: type.name.schema ?? "", kind: .base, category: "U",
      array: type.oid.array)
    switch type.kind {
    case .enumeration:
      facts.kind = .enumeration
      facts.category = "E"
    case .domain(let domain):
      guard let base = self.facts(of: domain.base.oid) else { return nil }
      facts.kind = .domain
      facts.category = base.category
      facts.base = domain.base.oid
      facts.hasCollation = base.hasCollation
    case .range(let subtype, let multirange):
      facts.kind = .range
      facts.category = "R"
      facts.subtype = subtype
      facts.counterpart = multirange
    case .multirange(let range):
      facts.kind = .multirange
      facts.category = "R"
      facts.counterpart = range
    case .base: break
    case .shell, .assumed: return nil
    }
    return facts
  }

  /// The array type over a type; 0 where there is none.
  func array(of oid: OID) -> OID {
    if oid.isCreated { return oid.number & 1 == 1 ? .none : oid.array }
    return SystemTypes.shared.byNumber[oid]?.array ?? .none
  }

  /// What a domain is over, through all domains.
  func base(of oid: OID) -> OID {
    var oid = oid
    while let facts = facts(of: oid), facts.kind == .domain { oid = facts.base }
    return oid
  }

  /// The columns of a row type; nil where it is none or nothing is known.
  func fields(of oid: OID) -> [Column]? {
    let oid = base(of: oid)
    if let relation = relations[oid] { return relation.hasKnownColumns ? relation.columns : nil }
    guard let facts = SystemTypes.shared.byNumber[oid], facts.kind == .composite,
      let relation = BuiltIns.shared.relations(named: facts.name).first(where: { $0.schema == facts.schema })
    else { return nil }
    return relation.columns.map { Column(name: $0.name, type: DataType($0.type)) }
  }

  // MARK: - Names

  enum TypeLookup {
    case found(DataType)
    case undefined
    /// An object that is not known may have it.
    case unknown
  }

  /// The type that a statement names.
  func lookUp(_ name: TypeName) -> TypeLookup {
    if name.isColumnType { return columnType(name) }
    guard let oid = typeNumber(name.name) else { return mayProvide(type: name.name) ? .unknown : .undefined }
    if let type = types[oid], type.isAssumed { return .unknown }
    var type = DataType(oid, modifier: modifier(of: name, oid))
    if name.arrayDimensions > 0 {
      type.oid = array(of: oid)
      if type.oid == .none { return .undefined }
    }
    return .found(type)
  }

  public func dataType(_ name: TypeName) -> DataType? {
    if case .found(let type) = lookUp(name) { type } else { nil }
  }

  func typeNumber(_ name: ObjectName) -> OID? {
    if name.schema == nil || name.schema == "pg_catalog" {
      if let known = SystemTypes.shared.byName[name.name], name.schema != nil || !isHidden(known) { return known }
      if name.schema != nil { return typeNames[name] }
    }
    if let created = resolve(name, { typeNames[$0] ?? rowType($0) }) { return created }
    if let schema = name.schema {
      if let builtIn = SystemTypes.shared.byName[name.name], SystemTypes.shared.byNumber[builtIn]?.schema == schema {
        return builtIn
      }
    }
    if name.name.hasPrefix("_"),
      let element = typeNumber(ObjectName(schema: name.schema, String(name.name.dropFirst())))
    {
      let array = array(of: element)
      if array != .none { return array }
    }
    return (SystemTypes.shared.ofExtensions[name.name] ?? []).first { oid in
      guard let facts = SystemTypes.shared.byNumber[oid], let state = extensions[facts.extension] else { return false }
      return name.schema.map { $0 == state.schema } ?? session.path.contains(state.schema)
    }
  }

  /// A type of information_schema is not on the path.
  private func isHidden(_ oid: OID) -> Bool { SystemTypes.shared.byNumber[oid]?.schema != "pg_catalog" }

  private func rowType(_ name: ObjectName) -> OID? {
    guard let oid = relationNames[name], let relation = relations[oid], relation.kind != .sequence else { return nil }
    return oid
  }

  /// `table.column%TYPE`
  private func columnType(_ name: TypeName) -> TypeLookup {
    guard let schema = name.name.schema, let relation = relation(ObjectName(schema)), relation.hasKnownColumns else {
      return .unknown
    }
    return relation.column(name.name.name)?.type.map { .found($0) } ?? .unknown
  }

  private func modifier(of name: TypeName, _ oid: OID) -> String? {
    if oid == .interval {
      let fields = name.intervalFields.flatMap { Self.intervalFields[$0] }
      let precision = name.modifiers.first.map { "(\($0))" } ?? ""
      return fields == nil && precision.isEmpty ? nil : (fields ?? "") + precision
    }
    guard !name.modifiers.isEmpty else { return nil }
    if oid == .numeric, name.modifiers.count == 1 { return name.modifiers[0] + ",0" }
    // `char` without a length has the length 1 from the grammar, and PostgreSQL keeps it.
    if let facts = SystemTypes.shared.byNumber[oid], facts.extension == "postgis" {
      return geometryModifier(name, facts.name)
    }
    return name.modifiers.joined(separator: ",")
  }

  /// PostGIS writes the kinds of geometry in its own way, and the reference system that geography has by default.
  private func geometryModifier(_ name: TypeName, _ type: String) -> String {
    let kinds = [
      "point": "Point", "linestring": "LineString", "polygon": "Polygon", "multipoint": "MultiPoint",
      "multilinestring": "MultiLineString", "multipolygon": "MultiPolygon", "geometrycollection": "GeometryCollection",
      "geometry": "Geometry", "circularstring": "CircularString", "compoundcurve": "CompoundCurve",
      "curvepolygon": "CurvePolygon", "multicurve": "MultiCurve", "multisurface": "MultiSurface",
    ]
    var parts = name.modifiers
    let kind = parts[0].lowercased()
    for suffix in ["zm", "z", "m", ""] where kind.hasSuffix(suffix) {
      guard let known = kinds[String(kind.dropLast(suffix.count))] else { continue }
      parts[0] = known + suffix.uppercased()
      break
    }
    if type == "geography", parts.count == 1 { parts.append("4326") }
    if parts.count == 2, parts[1] == "0" { parts.removeLast() }
    return parts.joined(separator: ",")
  }

  /// `INTERVAL_MASK` of the PostgreSQL source, `utils/timestamp.h`.
  private static let intervalFields: [Int: String] = [
    4: " year", 2: " month", 8: " day", 1024: " hour", 2048: " minute", 4096: " second", 6: " year to month",
    1032: " day to hour", 3080: " day to minute", 7176: " day to second", 3072: " hour to minute",
    7168: " hour to second", 6144: " minute to second",
  ]

  // MARK: - Text

  /// The type as PostgreSQL's `format_type` writes it, with its schema where the search path doesn't lead there.
  public func format(_ type: DataType) -> String {
    guard let facts = facts(of: type.oid) else {
      return types[type.oid].map { qualifiedForDisplay($0.name) } ?? "unknown"
    }
    if facts.isArray {
      let element =
        type.modifier == nil ? format(facts.element) : format(DataType(facts.element, modifier: type.modifier))
      return element + "[]"
    }
    let numbers = type.modifier.map { "(\($0))" } ?? ""
    switch type.oid {
    case .timestamptz: return "timestamp\(numbers) with time zone"
    case .timestamp: return "timestamp\(numbers) without time zone"
    case .timetz: return "time\(numbers) with time zone"
    case .time: return "time\(numbers) without time zone"
    case .interval: return "interval" + (type.modifier ?? "")
    case .bpchar: return (type.modifier == nil ? "bpchar" : "character") + numbers
    default: break
    }
    if let spelling = Self.spellings[type.oid] { return spelling + numbers }
    if facts.schema == "pg_catalog" { return facts.name.sqlIdentifier + numbers }
    let schema = facts.extension.isEmpty ? facts.schema : extensions[facts.extension]?.schema ?? facts.schema
    return qualifiedForDisplay(ObjectName(schema: schema, facts.name)) + numbers
  }

  /// A type without modifiers, as function signatures have it.
  public func format(_ oid: OID) -> String { oid == .bpchar ? "character" : format(DataType(oid)) }

  private static let spellings: [OID: String] = [
    .smallint: "smallint", .integer: "integer", .bigint: "bigint", .real: "real",
    .doublePrecision: "double precision", .boolean: "boolean", .varchar: "character varying",
    .varbit: "bit varying", .char: "\"char\"", .bit: "bit", .numeric: "numeric",
  ]

  private func qualifiedForDisplay(_ name: ObjectName) -> String {
    var visible = name
    let isVisible = name.schema.map { session.path.contains($0) || $0 == Self.temporarySchema } ?? true
    if isVisible { visible.schema = nil }
    return visible.sql
  }

  /// The input types of a function, as they identify it.
  public func signature(of routine: Routine) -> String {
    routine.arguments.map { format($0) }.joined(separator: ", ")
  }

  // MARK: - Extensions

  /// Whether an extension is installed that the data doesn't know: it may bring anything.
  public var hasUnknownExtension: Bool {
    extensions.keys.contains { $0 != "plpgsql" && !Self.isKnown(extension: $0) }
  }

  /// Whether the data has the extension.
  public static func isKnown(extension name: String) -> Bool { !BuiltIns.shared.lines("e", name).isEmpty }

  func mayProvide(type name: ObjectName) -> Bool { hasUnknownExtension }
}

extension OID {
  var array: OID { OID(number | 1) }
}

/// Which extension brings something, for advice where it is missing.
public enum ExtensionObjects {
  /// The extensions that bring a function of that name, which the server itself hasn't.
  public static func providing(function name: String) -> [String] {
    let functions = BuiltIns.shared.functions(named: name)
    if functions.contains(where: { $0.extension.isEmpty }) { return [] }
    return unique(functions.map(\.extension))
  }

  public static func providing(type name: String) -> [String] {
    if SystemTypes.shared.byName[name] != nil { return [] }
    return unique(
      (SystemTypes.shared.ofExtensions[name] ?? []).compactMap { SystemTypes.shared.byNumber[$0]?.extension })
  }

  public static func providing(operatorClass name: String) -> [String] {
    let lines = BuiltIns.shared.lines("k", name)
    if lines.contains(where: { $0[2].isEmpty }) { return [] }
    return unique(lines.map { $0[2] })
  }

  public static func providing(relation name: String) -> [String] {
    let relations = BuiltIns.shared.relations(named: name).filter { $0.kind != "c" }
    if relations.contains(where: { $0.extension.isEmpty }) { return [] }
    return unique(relations.map(\.extension))
  }

  /// The extensions that bring anything of that name: a function, type, operator class or operator.
  public static func all(providing name: String) -> [String] {
    let functions = BuiltIns.shared.functions(named: name).map(\.extension)
    let types = (SystemTypes.shared.ofExtensions[name] ?? []).compactMap { SystemTypes.shared.byNumber[$0]?.extension }
    let classes = BuiltIns.shared.lines("k", name).map { $0[2] }
    return unique(functions + types + classes + Array(BuiltIns.shared.operators(named: name).extensions))
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
