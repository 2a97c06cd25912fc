import PostgresSyntax

/// The types of expressions.
extension Analyzer {
  /// The type of an expression; nil where it isn't known. An untyped constant has the type "unknown".
  mutating func type(of expression: Expression) -> DataType? {
    switch expression {
    case .column(let path, let isWhole, let offset):
      if place == .defaultValue {
        reject("cannot use column reference in DEFAULT expression", "0A000", at: offset)
        return nil
      }
      return column(path, isWhole: isWhole, at: offset)
    case .parameter(let number, let offset):
      guard let parameters else { return nil }
      guard (1...max(1, parameters.count)).contains(number), number <= parameters.count else {
        reject("there is no parameter $\(number)", "42P02", at: offset)
        return nil
      }
      return parameters[number - 1].map { DataType($0) }
    case .literal(let literal, _): return literal.type
    case .call(let call): return type(of: call)
    case .operation(let operation): return type(of: operation)
    case .boolean(let kind, let operands, _):
      for operand in operands { requireBoolean(operand, kind.rawValue) }
      return DataType(.boolean)
    case .test(let test, let operand, _):
      if test == .null || test == .notNull {
        _ = type(of: operand)
      } else {
        requireBoolean(operand, test.rawValue)
      }
      return DataType(.boolean)
    case .cast(let operand, let name, let offset): return cast(operand, name, at: offset)
    case .collate(let operand, let collation, let offset): return collate(operand, collation, at: offset)
    case .subquery(let subquery): return type(of: subquery)
    case .conditional(let conditional): return type(of: conditional)
    case .choice(let choice, let operands, let offset):
      let outer = obstacleToSets
      if choice.rawValue == "COALESCE" { obstacleToSets = "COALESCE" }
      defer { obstacleToSets = outer }
      let types = operands.map { type(of: $0) }
      return common(types, choice.rawValue, operands, at: offset)
    case .array(let elements, let offset): return array(elements, at: offset)
    case .row(let fields, _):
      for field in fields { _ = type(of: field) }
      return DataType(.record)
    case .selection(let operand, let selectors): return selection(operand, selectors)
    case .value(let name, let precision, _): return Self.valueType(name, precision)
    case .argument(_, let value, _): return type(of: value)
    case .grouping(let operands, _):
      for operand in operands { _ = type(of: operand) }
      return DataType(.integer)
    case .defaultValue: return nil
    case .other(let name, let operands):
      for operand in operands { _ = type(of: operand) }
      return Self.otherTypes[name].map { DataType($0) }
    }
  }

  private static let otherTypes: [String: OID] = [
    "XmlExpr": .xml, "CurrentOfExpr": .boolean, "IS DOCUMENT": .boolean,
  ]

  private static func valueType(_ name: String, _ precision: Int?) -> DataType {
    let modifier = precision.map(String.init)
    return switch name {
    case "current_date": DataType(.date)
    case "current_time": DataType(.timetz, modifier: modifier)
    case "current_timestamp": DataType(.timestamptz, modifier: modifier)
    case "localtime": DataType(.time, modifier: modifier)
    case "localtimestamp": DataType(.timestamp, modifier: modifier)
    default: DataType(.name)
    }
  }

  /// `coerce_to_boolean`
  mutating func requireBoolean(_ expression: Expression, _ construct: String) {
    guard let found = type(of: expression) else { return }
    if found.oid == .unknown {
      check(expression, as: DataType(.boolean))
    } else if !catalog.canCoerce(found.oid, to: .boolean, .assignment) || catalog.facts(of: found.oid)?.category != "B"
    {
      reject(
        "argument of \(construct) must be type boolean, not type \(text(found.oid))", "42804", at: expression.offset)
    }
  }

  private mutating func cast(_ operand: Expression, _ name: TypeName, at offset: Int) -> DataType? {
    // The elements of an array constructor take the type that it is cast to.
    if case .array(let elements, _) = operand {
      let target = dataType(name)
      if let target, let facts = catalog.facts(of: catalog.base(of: target.oid)), facts.isArray {
        castElements(elements, to: facts.element, name, at: offset)
        return target
      }
      if target == nil {
        for element in elements { _ = type(of: element) }
        return nil
      }
    }
    let source = type(of: operand)
    guard let target = dataType(name) else { return nil }
    if name.isSet { return target }
    if case .literal = operand {
      check(operand, as: target)
    } else if let source, !canCast(source.oid, to: target.oid) {
      reject("cannot cast type \(text(source.oid)) to \(text(target.oid))", "42846", at: offset)
    }
    return target
  }

  private mutating func castElements(_ elements: [Expression], to element: OID, _ name: TypeName, at offset: Int) {
    for value in elements {
      if case .array(let inner, _) = value {
        castElements(inner, to: element, name, at: offset)
        continue
      }
      let source = type(of: value)
      if case .literal = value {
        check(value, as: DataType(element))
      } else if let source, !canCast(source.oid, to: element) {
        // An element that is an array itself makes one with more dimensions.
        guard catalog.facts(of: source.oid)?.isArray != true else { continue }
        reject("cannot cast type \(text(source.oid)) to \(text(element))", "42846", at: value.offset)
      }
    }
  }

  private func canCast(_ source: OID, to target: OID) -> Bool {
    if source == .unknown || source == .record { return true }
    guard let facts = catalog.facts(of: target) else { return true }
    if facts.kind == .pseudo { return true }
    return catalog.canCoerce(source, to: target, .explicit)
  }

  private mutating func collate(_ operand: Expression, _ collation: ObjectName, at offset: Int) -> DataType? {
    let found = type(of: operand)
    requireCollation(collation, at: offset)
    if let found, found.oid != .unknown, let facts = catalog.facts(of: found.oid), !facts.hasCollation,
      facts.kind != .pseudo
    {
      reject("collations are not supported by type \(text(found.oid))", "42804", at: offset)
    }
    return found?.oid == .unknown ? DataType(.text) : found
  }

  mutating func requireCollation(_ name: ObjectName, at offset: Int) {
    guard !catalog.hasCollation(name) else {
      if let created = catalog.other(.collation, name) { uses.add(created.oid) }
      return
    }
    reject(.undefined(ObjectID(.collation, name)), at: offset, isCertain: isCertain)
  }

  private mutating func type(of subquery: Subquery) -> DataType? {
    guard place.allowsSubqueries else {
      reject("cannot use subquery in \(place.text)", "0A000", at: subquery.offset)
      return nil
    }
    let shape = at(.query) { $0.shape(of: subquery.query) }
    switch subquery.kind {
    case .exists: return DataType(.boolean)
    case .scalar, .array, .other:
      guard shape.isComplete else { return nil }
      guard shape.columns.count == 1 else {
        if subquery.kind != .other { reject("subquery must return only one column", "42601", at: subquery.offset) }
        return nil
      }
      guard subquery.kind == .array else { return shape.columns[0].type }
      guard let element = shape.columns[0].type else { return nil }
      let array = catalog.facts(of: element.oid)?.isArray == true ? element.oid : catalog.array(of: element.oid)
      return array == .none ? nil : DataType(array, modifier: element.modifier)
    case .any(let comparison), .all(let comparison):
      compare(subquery.test, with: shape, by: comparison ?? ObjectName("="), at: subquery.offset)
      return DataType(.boolean)
    }
  }

  private mutating func compare(_ test: Expression?, with shape: Shape, by name: ObjectName, at offset: Int) {
    guard let test else { return }
    let tests: [Expression] = if case .row(let fields, _) = test { fields } else { [test] }
    let types = tests.map { type(of: $0) }
    guard shape.isComplete else { return }
    guard types.count == shape.columns.count else {
      reject(
        shape.columns.count < types.count ? "subquery has too few columns" : "subquery has too many columns", "42601",
        at: offset)
      return
    }
    for (left, column) in zip(types, shape.columns) {
      _ = operatorResult(name, left: .some(left?.oid), right: column.type?.oid, at: offset)
    }
  }

  private mutating func type(of conditional: Conditional) -> DataType? {
    let outer = obstacleToSets
    obstacleToSets = "CASE"
    defer { obstacleToSets = outer }
    let operand = conditional.operand.map { type(of: $0) }
    var results: [Expression] = []
    var types: [DataType?] = []
    for branch in conditional.branches {
      if let operand {
        let compared = type(of: branch.condition)
        // An untyped operand is taken as text.
        let left = operand?.oid == .unknown ? OID.text : operand?.oid
        _ = operatorResult(
          ObjectName("="), left: .some(left), right: compared?.oid, at: branch.condition.offset,
          operands: (nil, branch.condition))
      } else {
        requireBoolean(branch.condition, "CASE/WHEN")
      }
      results.append(branch.result)
      types.append(type(of: branch.result))
    }
    if let otherwise = conditional.otherwise {
      // The server looks at ELSE first when it chooses the type.
      results.insert(otherwise, at: 0)
      types.insert(type(of: otherwise), at: 0)
    }
    return common(types, "CASE", results, at: conditional.offset)
  }

  /// The type that several values get together, with the modifier that they share.
  mutating func common(_ types: [DataType?], _ construct: String, _ values: [Expression], at offset: Int) -> DataType? {
    switch catalog.commonType(types.map { $0?.oid }) {
    case .success(let oid):
      guard let oid else { return nil }
      for (value, type) in zip(values, types) where type?.oid == .unknown { check(value, as: DataType(oid)) }
      let modifiers = Set(types.map { $0?.oid == oid ? $0?.modifier : nil })
      return DataType(oid, modifier: modifiers.count == 1 ? modifiers.first ?? nil : nil)
    case .failure(let mismatch):
      reject(
        "\(construct) types \(text(mismatch.left)) and \(text(mismatch.right)) cannot be matched", "42804", at: offset)
      return nil
    }
  }

  private mutating func array(_ elements: [Expression], at offset: Int) -> DataType? {
    guard !elements.isEmpty else {
      reject("cannot determine type of empty array", "42P18", at: offset)
      return nil
    }
    let types = elements.map { type(of: $0) }
    guard let element = common(types, "ARRAY", elements, at: offset) else { return nil }
    if catalog.facts(of: element.oid)?.isArray == true { return element }
    let array = catalog.array(of: element.oid)
    return array == .none ? nil : DataType(array, modifier: element.modifier)
  }

  private mutating func selection(_ operand: Expression, _ selectors: [Expression.Selector]) -> DataType? {
    var current = type(of: operand)
    var isSubscripted = false
    for (place, selector) in selectors.enumerated() {
      // Subscripts that follow each other are one: they go into the dimensions of an array.
      let follows = isSubscripted
      isSubscripted = selector.isSubscript
      switch selector {
      case .field(let name): current = field(name, of: current?.oid, at: operand.offset)
      case .all: return nil
      case .element(let index):
        _ = type(of: index)
        let isSlice = selectors[place...].prefix(while: \.isSubscript).contains(where: \.isSlice)
        if !follows, !isSlice { current = element(of: current, at: operand.offset) }
      case .slice(let lower, let upper):
        for bound in [lower, upper].compactMap({ $0 }) { _ = type(of: bound) }
      }
    }
    return current
  }

  private mutating func element(of type: DataType?, at offset: Int) -> DataType? {
    guard let type, let facts = catalog.facts(of: catalog.base(of: type.oid)) else { return nil }
    if facts.oid == .jsonb { return DataType(.jsonb) }
    if facts.element != .none { return DataType(facts.element, modifier: type.modifier) }
    if facts.extension.isEmpty, facts.oid != .unknown, facts.kind != .pseudo {
      reject("cannot subscript type \(text(type.oid)) because it does not support subscripting", "42804", at: offset)
    }
    return nil
  }
}

extension Expression.Selector {
  fileprivate var isSubscript: Bool {
    switch self {
    case .element, .slice: true
    case .field, .all: false
    }
  }

  fileprivate var isSlice: Bool { if case .slice = self { true } else { false } }
}

extension Expression.Literal {
  /// PostgreSQL documentation, section 4.1.2 "Constants".
  var type: DataType {
    switch self {
    case .null, .string: DataType(.unknown)
    case .integer: DataType(.integer)
    case .number(let text):
      if text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
        DataType(Int32(text) != nil ? .integer : Int64(text) != nil ? .bigint : .numeric)
      } else {
        DataType(.numeric)
      }
    case .boolean: DataType(.boolean)
    case .bits: DataType(.bit)
    }
  }
}
