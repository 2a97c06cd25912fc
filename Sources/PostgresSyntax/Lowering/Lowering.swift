import CPgQuery

/// Turns libpg_query's tree into our own vocabulary. Offsets become places in the file.
struct Lowering {
  /// Where the parsed text stands in its file.
  var places: TextPlaces
  /// How many expressions and queries the current node is inside of.
  var depth = 0

  /// Values nested deeper are left out: they are generated text such as sums of 100,000 terms, and whoever walks or
  /// frees the result does so recursively, on whatever stack its thread has.
  static let depthLimit = 1000

  init(places: TextPlaces) {
    self.places = places
  }

  var deeper: Lowering {
    var lowering = self
    lowering.depth += 1
    return lowering
  }

  func offset(_ location: Int32) -> Int { location < 0 ? -1 : places.offset(of: Int(location)) }

  func names(_ nodes: [NodePointer]) -> [String] { nodes.compactMap(\.string) }

  func names(_ count: Int, _ nodes: UnsafeMutablePointer<NodePointer?>?) -> [String] {
    count == 0 ? [] : names(each(count, nodes))
  }

  func objectName(_ parts: [String]) -> ObjectName {
    ObjectName(schema: parts.count > 1 ? parts[parts.count - 2] : nil, parts.last ?? "")
  }

  /// A relation's name; an empty one where the grammar left it out.
  func reference(_ relation: UnsafeMutablePointer<PgQuery__RangeVar>?) -> Reference {
    guard let relation else { return Reference(ObjectName(""), at: -1) }
    return Reference(
      ObjectName(schema: text(relation.pointee.schemaname), text(relation.pointee.relname) ?? ""),
      at: offset(relation.pointee.location))
  }

  func references(_ nodes: [NodePointer]) -> [Reference] {
    nodes.filter { $0.kind == PG_QUERY__NODE__NODE_RANGE_VAR }.map { reference($0.pointee.range_var) }
  }

  func persistence(_ relation: UnsafeMutablePointer<PgQuery__RangeVar>?) -> Persistence {
    switch relation.flatMap({ text($0.pointee.relpersistence) }) {
    case "t": .temporary
    case "u": .unlogged
    default: .permanent
    }
  }

  func typeName(_ pointer: UnsafeMutablePointer<PgQuery__TypeName>?) -> TypeName {
    guard let type = pointer?.pointee else { return TypeName(name: ObjectName("")) }
    let parts = names(type.n_names, type.names)
    var result = TypeName(
      name: objectName(parts), arrayDimensions: type.n_array_bounds, isSet: type.setof != 0,
      isColumnType: type.pct_type != 0, offset: offset(type.location))
    guard type.n_typmods > 0 else { return result }
    let modifiers = each(type.n_typmods, type.typmods)
    if result.name == ObjectName(schema: "pg_catalog", "interval") {
      // The first is the mask of the fields, 32767 where all are meant; the second the precision.
      result.intervalFields = integer(modifiers[0]).flatMap { $0 == 0x7FFF ? nil : $0 }
      result.modifiers = modifiers.dropFirst().compactMap(constantText)
    } else {
      result.modifiers = modifiers.map { constantText($0) ?? "" }
    }
    return result
  }

  /// A constant's text, or a bare word, as type modifiers have it.
  func constantText(_ node: NodePointer) -> String? {
    switch expression(node) {
    case .literal(.integer(let number), _): String(number)
    case .literal(.number(let text), _), .literal(.string(let text), _), .literal(.bits(let text), _): text
    case .column(let path, isWhole: false, _): path.last
    case .operation(let operation) where operation.name.name == "-" && operation.operands.count == 1:
      node.pointee.a_expr.pointee.rexpr.flatMap { constantText($0) }.map { "-" + $0 }
    default: nil
    }
  }

  func integer(_ node: NodePointer) -> Int? {
    if node.kind == PG_QUERY__NODE__NODE_INTEGER { return Int(node.pointee.integer.pointee.ival) }
    guard node.kind == PG_QUERY__NODE__NODE_A_CONST, let constant = node.pointee.a_const,
      constant.pointee.val_case == PG_QUERY__A__CONST__VAL_IVAL
    else { return nil }
    return Int(constant.pointee.ival.pointee.ival)
  }

  func role(_ role: UnsafeMutablePointer<PgQuery__RoleSpec>) -> RoleName {
    switch role.pointee.roletype {
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CSTRING:
      .role(text(role.pointee.rolename) ?? "", offset: offset(role.pointee.location))
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC: .public
    default: .currentUser
    }
  }

  func roles(_ nodes: [NodePointer]) -> [RoleName] {
    nodes.filter { $0.kind == PG_QUERY__NODE__NODE_ROLE_SPEC }.map { role($0.pointee.role_spec) }
  }

  /// An option of a statement: name, and value as text.
  struct Option {
    var name: String
    var namespace: String?
    var value: String
    var argument: NodePointer?
    var offset: Int

    var isTrue: Bool { value == "true" }
  }

  func options(_ count: Int, _ nodes: UnsafeMutablePointer<NodePointer?>?) -> [Option] {
    count == 0 ? [] : options(each(count, nodes))
  }

  func options(_ nodes: [NodePointer]) -> [Option] {
    nodes.compactMap { node in
      guard node.kind == PG_QUERY__NODE__NODE_DEF_ELEM, let element = node.pointee.def_elem else { return nil }
      return Option(
        name: text(element.pointee.defname) ?? "", namespace: text(element.pointee.defnamespace),
        value: element.pointee.arg.map(optionText) ?? "", argument: element.pointee.arg,
        offset: offset(element.pointee.location))
    }
  }

  func optionText(_ node: NodePointer) -> String {
    switch node.kind {
    case PG_QUERY__NODE__NODE_STRING: node.string ?? ""
    case PG_QUERY__NODE__NODE_INTEGER: String(node.pointee.integer.pointee.ival)
    case PG_QUERY__NODE__NODE_FLOAT: text(node.pointee.float_.pointee.fval) ?? ""
    case PG_QUERY__NODE__NODE_BOOLEAN: node.pointee.boolean.pointee.boolval != 0 ? "true" : "false"
    case PG_QUERY__NODE__NODE_TYPE_NAME: typeName(node.pointee.type_name).name.name
    case PG_QUERY__NODE__NODE_LIST: names(node.list).joined(separator: ".")
    default: ""
    }
  }

  /// Storage parameters and the like as a dictionary.
  func parameters(_ count: Int, _ nodes: UnsafeMutablePointer<NodePointer?>?) -> [String: String] {
    guard count > 0 else { return [:] }
    let pairs = options(count, nodes).map { option in
      ((option.namespace.map { "\($0)." } ?? "") + option.name, option.value.isEmpty ? "true" : option.value)
    }
    return Dictionary(pairs) { $1 }
  }
}

/// Where a parsed text stands in its file. Most are a stretch of it, byte for byte; where the text was edited before it
/// was parsed, `edits` say by how much what follows has moved.
struct TextPlaces: Sendable {
  var base: Int
  /// From which byte of the parsed text on which difference applies; sorted.
  var shifts: [(start: Int, delta: Int)] = []

  init(base: Int) {
    self.base = base
  }

  func offset(of place: Int) -> Int {
    guard !shifts.isEmpty else { return base + place }
    var low = 0
    var high = shifts.count
    while low < high {
      let middle = (low + high) / 2
      if shifts[middle].start <= place { low = middle + 1 } else { high = middle }
    }
    return base + place + (low == 0 ? 0 : shifts[low - 1].delta)
  }
}
