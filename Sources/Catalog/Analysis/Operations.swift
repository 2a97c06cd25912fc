import PostgresSyntax

/// The types of operators.
extension Analyzer {
  mutating func type(of operation: Operation) -> DataType? {
    let operands = operation.operands
    switch operation.kind {
    case .plain, .like, .caseInsensitiveLike, .similar: return plain(operation)
    case .any, .all: return comparison(operation)
    case .distinct, .notDistinct:
      _ = binary(ObjectName("="), operands, at: operation.offset)
      return DataType(.boolean)
    case .nullIf:
      guard operands.count == 2 else { return nil }
      let left = type(of: operands[0])
      let right = type(of: operands[1])
      _ = operatorResult(
        ObjectName("="), left: .some(left?.oid), right: right?.oid, at: operation.offset,
        operands: (operands[0], operands[1]))
      return left?.oid == .unknown ? DataType(.text) : left
    case .inList: return inList(operation)
    case .between, .notBetween, .betweenSymmetric, .notBetweenSymmetric:
      guard operands.count == 3 else { return DataType(.boolean) }
      let types = operands.map { type(of: $0) }
      for (name, index) in [(">=", 1), ("<=", 2)] {
        _ = operatorResult(
          ObjectName(name), left: .some(types[0]?.oid), right: types[index]?.oid, at: operation.offset,
          operands: (operands[0], operands[index]))
      }
      return DataType(.boolean)
    }
  }

  private mutating func plain(_ operation: Operation) -> DataType? {
    let operands = operation.operands
    if operands.count == 2, case .row(let left, _) = operands[0], case .row(let right, _) = operands[1] {
      return rows(left, right, operation)
    }
    if operands.count == 2, case .row(let left, _) = operands[0], case .subquery(let subquery) = operands[1] {
      for field in left { _ = type(of: field) }
      _ = at(.query) { $0.shape(of: subquery.query) }
      return DataType(.boolean)
    }
    return binary(operation.name, operands, at: operation.offset).map { DataType($0) }
  }

  private mutating func rows(_ left: [Expression], _ right: [Expression], _ operation: Operation) -> DataType? {
    guard left.count == right.count else {
      for field in left + right { _ = type(of: field) }
      reject("unequal number of entries in row expressions", "42601", at: operation.offset)
      return DataType(.boolean)
    }
    for (a, b) in zip(left, right) { _ = binary(operation.name, [a, b], at: operation.offset) }
    return DataType(.boolean)
  }

  private mutating func binary(_ name: ObjectName, _ operands: [Expression], at offset: Int) -> OID? {
    guard let last = operands.last else { return nil }
    if operands.count == 1 {
      let right = type(of: last)
      return operatorResult(name, left: nil, right: right?.oid, at: offset, operands: (nil, last))
    }
    let left = type(of: operands[0])
    let right = type(of: last)
    return operatorResult(
      name, left: .some(left?.oid), right: right?.oid, at: offset, operands: (operands[0], last))
  }

  /// The result of an operator; a missing `left` means a prefix operator.
  @discardableResult
  mutating func operatorResult(
    _ name: ObjectName, left: OID??, right: OID?, at offset: Int, operands: (Expression?, Expression?) = (nil, nil)
  ) -> OID? {
    switch catalog.resolveOperator(name, left: left, right: right) {
    case .found(let found):
      if let oid = found.oid { uses.add(oid) }
      if let state = catalog.installed(found.extension) { uses.add(state.oid) }
      for (operand, parameter) in [(operands.0, found.left), (operands.1, found.right)] {
        if let operand, !Catalog.isPolymorphic(parameter) { check(operand, as: DataType(parameter)) }
      }
      guard Catalog.isPolymorphic(found.result) else { return found.result }
      let parameters = found.left == .none ? [found.right] : [found.left, found.right]
      let arguments = left.map { [$0, right] } ?? [right]
      return Polymorphic(catalog, parameters: parameters, arguments: arguments).result(found.result)
    case .result(let type, _): return type
    case .unknown: return nil
    case .ambiguous:
      reject("operator is not unique: \(types(left, name, right))", "42725", at: offset)
      return nil
    case .none:
      // Records compare field by field, whatever their fields are.
      guard !isRecord(left ?? nil), !isRecord(right) else { return .boolean }
      guard !catalog.hasUnknownExtension else { return nil }
      let operands = (left.map { [$0] } ?? []) + [right]
      reject(
        .noOperator(name.name, types: operands.map { text($0) }), at: offset,
        isCertain: isSettled(
          operands,
          offers: BuiltIns.shared.operators(named: name.name).all.filter { !$0.extension.isEmpty }.map {
            $0.left == .none ? [$0.right] : [$0.left, $0.right]
          }))
      return nil
    }
  }

  private func isRecord(_ type: OID?) -> Bool {
    type == .record || type.flatMap { catalog.facts(of: $0) }?.kind == .composite
  }

  private func types(_ left: OID??, _ name: ObjectName, _ right: OID?) -> String {
    (left.map { text($0) + " " } ?? "") + name.name + " " + text(right)
  }

  /// `left op ANY (array)`
  private mutating func comparison(_ operation: Operation) -> DataType? {
    guard operation.operands.count == 2 else { return DataType(.boolean) }
    let left = type(of: operation.operands[0])
    let right = type(of: operation.operands[1])
    var element: OID?
    if let right {
      if right.oid == .unknown {
        element = .unknown
      } else if let facts = catalog.facts(of: catalog.base(of: right.oid)) {
        guard facts.element != .none, facts.isArray || facts.category == "A" else {
          reject("op ANY/ALL (array) requires array on right side", "42809", at: operation.offset)
          return DataType(.boolean)
        }
        element = facts.element
      }
    }
    let result = operatorResult(
      operation.name, left: .some(left?.oid), right: element, at: operation.offset,
      operands: (operation.operands[0], nil))
    if let result, result != .boolean {
      reject("op ANY/ALL (array) requires operator to yield boolean", "42809", at: operation.offset)
    }
    return DataType(.boolean)
  }

  private mutating func inList(_ operation: Operation) -> DataType? {
    guard let left = operation.operands.first else { return DataType(.boolean) }
    let items = operation.operands.dropFirst()
    if case .row(let fields, _) = left {
      for item in items {
        if case .row(let values, _) = item { _ = rows(fields, values, operation) } else { _ = type(of: item) }
      }
      return DataType(.boolean)
    }
    let tested = type(of: left)
    let types = items.map { type(of: $0) }
    // Where all values get one type together, they are compared as an array of it.
    if items.count > 1, case .success(let together?) = catalog.commonType([tested?.oid] + types.map { $0?.oid }),
      together != .record
    {
      let scalar = together == .unknown ? OID.text : together
      operatorResult(
        operation.name, left: .some(tested?.oid == .unknown ? scalar : tested?.oid), right: scalar, at: operation.offset
      )
      for item in items { check(item, as: DataType(scalar)) }
      return DataType(.boolean)
    }
    for (item, type) in zip(items, types) {
      operatorResult(
        operation.name, left: .some(tested?.oid), right: type?.oid, at: operation.offset, operands: (left, item))
    }
    return DataType(.boolean)
  }
}
