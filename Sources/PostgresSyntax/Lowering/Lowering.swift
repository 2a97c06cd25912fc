import CPgQuery

/// Turns libpg_query's tree into our own vocabulary. Offsets become places in the file by adding `base`.
struct Lowering {
  /// Where the parsed text starts in its file.
  var base: Int
  /// How many expressions and queries the current node is inside of.
  var depth = 0

  /// Values nested deeper are left out: they are generated text such as sums of 100,000 terms, and whoever walks or
  /// frees the result does so recursively, on whatever stack its thread has.
  static let depthLimit = 1000

  var deeper: Lowering {
    var lowering = self
    lowering.depth += 1
    return lowering
  }

  func offset(_ location: Int32) -> Int { location < 0 ? -1 : base + Int(location) }

  func names(_ nodes: [NodePointer]) -> [String] { nodes.compactMap(\.string) }

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

  func typeName(_ type: UnsafeMutablePointer<PgQuery__TypeName>?) -> TypeName {
    guard let type else { return TypeName(name: ObjectName("")) }
    let parts = names(each(type.pointee.n_names, type.pointee.names))
    let modifiers = each(type.pointee.n_typmods, type.pointee.typmods).compactMap(integer)
    return TypeName(
      name: objectName(parts), modifiers: modifiers, arrayDimensions: type.pointee.n_array_bounds,
      isSet: type.pointee.setof != 0, isColumnType: type.pointee.pct_type != 0, offset: offset(type.pointee.location))
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

  /// The options of a statement: name and value as text.
  func options(_ nodes: [NodePointer]) -> [(name: String, value: String, argument: NodePointer?)] {
    nodes.compactMap { node in
      guard node.kind == PG_QUERY__NODE__NODE_DEF_ELEM, let element = node.pointee.def_elem else { return nil }
      return (text(element.pointee.defname) ?? "", element.pointee.arg.map(optionText) ?? "", element.pointee.arg)
    }
  }

  private func optionText(_ node: NodePointer) -> String {
    switch node.kind {
    case PG_QUERY__NODE__NODE_STRING: node.string ?? ""
    case PG_QUERY__NODE__NODE_INTEGER: String(node.pointee.integer.pointee.ival)
    case PG_QUERY__NODE__NODE_BOOLEAN: node.pointee.boolean.pointee.boolval != 0 ? "true" : "false"
    case PG_QUERY__NODE__NODE_TYPE_NAME: typeName(node.pointee.type_name).name.name
    default: ""
    }
  }
}
