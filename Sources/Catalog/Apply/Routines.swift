import Diagnostics
import PostgresSyntax

/// Functions, procedures and aggregates.
extension Application {
  mutating func createFunction(_ statement: CreateFunction) {
    let name = newName(statement.name, offset: statement.offset)
    var routine = Routine(
      oid: catalog.newOID(), name: name,
      kind: statement.isProcedure ? .procedure : statement.isWindow ? .window : .function,
      arguments: [], argumentNames: [], output: [], result: .void, returnsSet: statement.returns?.isSet ?? false,
      variadic: .none, defaults: 0, volatility: Volatility(rawValue: statement.volatility) ?? .volatile,
      isSecurityDefiner: statement.isSecurityDefiner, definition: statement, origin: origin)
    requireLanguage(statement)
    guard addArguments(statement, to: &routine), checkSignature(statement, routine) else { return }
    if case .undefined? = statement.returns.map({ catalog.lookUp($0) }), let returns = statement.returns {
      _ = dataType(returns)
      return
    }
    let known = (catalog.routineNames[name] ?? []).compactMap { catalog.routines[$0] }
      .first { $0.arguments == routine.arguments }
    let id = ObjectID(
      routine.objectKind, schema: name.schema, name.name, signature: catalog.signature(of: routine))
    if let known {
      guard statement.orReplace else {
        reject(.duplicate(id), related: known.origin)
        return
      }
      checkReplacement(known, routine, at: statement.offset)
      routine.oid = known.oid
      catalog.dependencies.removeNeeds(of: Address(.routine, known.oid))
      altered(id)
    } else {
      catalog.routineNames.update(name, default: []) { $0.append(routine.oid) }
      created(id)
      grantDefaults(Address(.routine, routine.oid), .function, in: name.schema)
    }
    catalog.routines[routine.oid] = routine
    noteNeeds(of: routine)
    checkBody(statement, routine)
    if statement.body?.mayDefine == true { catalog.routinesThatDefine.insert(name.name) }
  }

  private mutating func requireLanguage(_ statement: CreateFunction) {
    guard let language = statement.body?.language, !language.isEmpty else { return }
    let isKnown =
      ["sql", "plpgsql", "c", "internal"].contains(language) || catalog.other(.language, ObjectName(language)) != nil
      || catalog.extensions[language] != nil
    if !isKnown {
      reject(.undefined(ObjectID(.language, language)), isCertain: catalog.isComplete && !catalog.hasUnknownExtension)
    }
  }

  /// Reads the arguments; false where a type doesn't exist, so that the function doesn't either.
  private mutating func addArguments(_ statement: CreateFunction, to routine: inout Routine) -> Bool {
    var areKnown = true
    var hasDefault = false
    for argument in statement.arguments {
      if case .undefined = catalog.lookUp(argument.type) { areKnown = false }
      let type = dataType(argument.type)?.oid ?? .none
      if argument.mode == .in || argument.mode == .inOut || argument.mode == .variadic {
        routine.arguments.append(type)
        routine.argumentNames.append(argument.name ?? "")
        if let value = argument.defaultValue {
          hasDefault = true
          routine.defaults += 1
          _ = analyze { analyzer in
            let given = analyzer.inside(Scope()) { analyzer in analyzer.at(.defaultValue) { $0.type(of: value) } }
            if given?.oid == .unknown { analyzer.check(value, as: DataType(type)) }
          }
        } else if hasDefault, argument.mode != .variadic {
          reject(
            "input parameters after one with a default value must also have defaults", "42P13", at: argument.type.offset
          )
        }
      }
      if argument.mode == .variadic {
        routine.variadic = type == .any ? .any : catalog.facts(of: type)?.element ?? .any
        if type == .anyArray { routine.variadic = .anyElement }
        if type == .anyCompatibleArray { routine.variadic = .anyCompatible }
      }
      if argument.mode == .out || argument.mode == .inOut || argument.mode == .table {
        routine.output.append((argument.name ?? "", type))
      }
    }
    checkArgumentNames(statement)
    if let returns = statement.returns {
      routine.result = dataType(returns)?.oid ?? .none
      let isTable = statement.arguments.contains { $0.mode == .table }
      if isTable { routine.returnsSet = true }
      let expected =
        routine.output.count > 1 || isTable
        ? (routine.output.count > 1 ? OID.record : routine.output.first?.type) : routine.output.first?.type
      if let expected, !isTable, expected != routine.result, routine.result != .none,
        catalog.facts(of: expected) != nil, !Catalog.isPolymorphic(expected)
      {
        reject(
          "function result type must be \(catalog.format(expected)) because of OUT parameters", "42P13",
          at: statement.offset)
      }
      if isTable, routine.output.count > 1 { routine.result = .record }
    } else if routine.output.count > 1 {
      routine.result = .record
    } else if let only = routine.output.first {
      routine.result = statement.isProcedure ? .record : only.type
    } else if !statement.isProcedure {
      reject("function result type must be specified", "42P13", at: statement.offset)
    }
    return areKnown
  }

  /// What a function of this kind and language can take and give.
  private mutating func checkSignature(_ statement: CreateFunction, _ routine: Routine) -> Bool {
    let results = routine.output.map(\.type) + (routine.output.isEmpty ? [routine.result] : [])
    let message: String?
    if !statement.isProcedure, results.contains(where: { !Catalog.canDetermine($0, from: routine.arguments) }) {
      message = "cannot determine result data type"
    } else if statement.arguments.contains(where: { ($0.mode == .out || $0.mode == .table) && $0.defaultValue != nil })
    {
      message = "only input parameters can have default values"
    } else if statement.body?.statements != nil, routine.arguments.contains(where: Catalog.isPolymorphic) {
      message = "SQL function with unquoted function body cannot have polymorphic arguments"
    } else if routine.result == .eventTrigger, !routine.arguments.isEmpty {
      message = "event trigger functions cannot have declared arguments"
    } else if [.trigger, .eventTrigger].contains(routine.result), statement.body?.language == "sql" {
      message = "SQL functions cannot return type \(catalog.format(routine.result))"
    } else if routine.result == .trigger, !routine.arguments.isEmpty, statement.body?.language == "plpgsql" {
      message = "trigger functions cannot have declared arguments"
    } else if statement.isProcedure, statement.isWindow || statement.isStrict {
      message = "invalid attribute in procedure definition"
    } else {
      message = nil
    }
    if let message { reject(message, "42P13", at: statement.offset) }
    return message == nil
  }

  private mutating func checkArgumentNames(_ statement: CreateFunction) {
    var inputs: Set<String> = []
    var outputs: Set<String> = []
    // Where inputs and result columns share a space for names is up to the language.
    let isProcedural = statement.body?.language == "plpgsql"
    for argument in statement.arguments {
      guard let name = argument.name, !name.isEmpty else { continue }
      let isInput = argument.mode == .in || argument.mode == .inOut || argument.mode == .variadic
      let isOutput = argument.mode == .out || argument.mode == .inOut || argument.mode == .table
      let isTwice =
        isInput && !inputs.insert(name).inserted || isOutput && !outputs.insert(name).inserted
        || isProcedural && argument.mode == .table && inputs.contains(name)
      if isTwice { reject("parameter name '\(name)' used more than once", "42P13", at: argument.type.offset) }
    }
  }

  /// What CREATE OR REPLACE may not change (PostgreSQL documentation, CREATE FUNCTION).
  private mutating func checkReplacement(_ known: Routine, _ new: Routine, at offset: Int) {
    if known.kind != new.kind {
      reject("cannot change routine kind", "42809", at: offset)
      return
    }
    if known.result != new.result || known.returnsSet != new.returnsSet {
      let areKnown = catalog.facts(of: known.result) != nil && catalog.facts(of: new.result) != nil
      if areKnown || known.returnsSet != new.returnsSet {
        reject("cannot change return type of existing function", "42P13", at: offset)
        return
      }
    }
    if known.output.map(\.type) != new.output.map(\.type) || known.output.map(\.name) != new.output.map(\.name),
      known.result == .record
    {
      reject("cannot change return type of existing function", "42P13", at: offset)
      return
    }
    for (old, name) in zip(known.argumentNames, new.argumentNames) where !old.isEmpty && old != name {
      reject("cannot change name of input parameter '\(old)'", "42P13", at: offset)
      return
    }
    if new.defaults < known.defaults {
      reject("cannot remove parameter defaults from existing function", "42P13", at: offset)
    }
  }

  mutating func noteNeeds(of routine: Routine) {
    let address = Address(.routine, routine.oid)
    for type in routine.arguments + routine.output.map(\.type) + [routine.result] { addTypeNeed(address, type) }
  }

  /// A body in SQL is read when the function is made (PostgreSQL documentation, `check_function_bodies`).
  private mutating func checkBody(_ statement: CreateFunction, _ routine: Routine) {
    guard let body = statement.body else { return }
    if body.language == "plpgsql", !body.text.isEmpty, catalog.session.checksFunctionBodies {
      checkProcedural(
        CodeText(body, in: origin.file, within: origin.range), ReturnRules(routine), isProcedure: statement.isProcedure)
    }
    guard body.language == "sql" else { return }
    if let statements = body.statements {
      let (_, uses) = analyze { $0.analyze(body: statements, of: routine) }
      catalog.dependencies.add(Address(.routine, routine.oid), needs: uses)
      return
    }
    guard catalog.session.checksFunctionBodies else { return }
    let place = CodeText(body, in: origin.file, within: origin.range)
    let parsed = place.parsed
    if let error = parsed.lastingError {
      reject(error.message.replacing("\"", with: "'"), "42601", at: place.offset(of: error.range.lowerBound))
      return
    }
    var analyzer = Analyzer(catalog)
    analyzer.analyze(body: parsed.statements.map(\.action), of: routine)
    // Statements of a body that changes the schema see their own work; that isn't followed here.
    let changesSchema = parsed.statements.contains { $0.action.changesSchema }
    guard !changesSchema else { return }
    for finding in analyzer.findings {
      var finding = finding
      finding.offset = finding.offset.map { place.offset(of: $0) }
      reject(finding.reason, at: finding.offset, isCertain: finding.isCertain, related: finding.related)
    }
    outcome.references += analyzer.relations
  }

  mutating func alterFunction(_ statement: AlterFunction) {
    switch catalog.findRoutine(statement.target, statement.target.kind) {
    case .found(var routine):
      if let volatility = statement.volatility.flatMap({ Volatility(rawValue: $0) }) { routine.volatility = volatility }
      if let isDefiner = statement.isSecurityDefiner { routine.isSecurityDefiner = isDefiner }
      if let isStrict = statement.isStrict { routine.definition.isStrict = isStrict }
      routine.definition.settings += statement.settings
      catalog.routines[routine.oid] = routine
      if let id = catalog.id(of: Address(.routine, routine.oid)) { altered(id) }
    case .undefined(let signature): rejectRoutine(statement.target, signature)
    case .ambiguous:
      reject("function name '\(statement.target.name)' is not unique", "42725", at: statement.target.offset)
    case .wrongKind(let routine):
      reject("\(routine.name.name) is not a \(statement.target.kind.rawValue)", "42809", at: statement.target.offset)
    case .unknown: break
    }
  }

  mutating func rejectRoutine(_ target: Target, _ signature: String) {
    for type in (target.signature ?? []).compactMap({ $0 }) { _ = dataType(type) }
    if let schema = target.name.schema, !catalog.hasSchema(schema) {
      reject(.undefined(ObjectID(.schema, schema)), at: target.offset, isCertain: catalog.isComplete)
      return
    }
    guard !catalog.mayHaveFunction(target.name) else { return }
    reject(
      .undefined(
        ObjectID(
          target.kind == .routine ? .function : target.kind, schema: target.name.schema, target.name.name,
          signature: signature)), at: target.offset, isCertain: catalog.isComplete)
  }

  /// A function of the name must exist, whatever its arguments.
  @discardableResult
  mutating func requireFunction(_ name: ObjectName, at offset: Int = -1) -> Bool {
    guard catalog.functions(name).isEmpty, !catalog.hasUnknownExtension else { return true }
    if let schema = name.schema, !catalog.hasSchema(schema) {
      reject(.undefined(ObjectID(.schema, schema)), at: offset, isCertain: catalog.isComplete)
      return false
    }
    reject(
      .undefined(ObjectID(.function, schema: name.schema, name.name, signature: "")), at: offset,
      isCertain: catalog.isComplete)
    return false
  }
}

extension Analyzer {
  /// The statements of a function in SQL, with its arguments in sight.
  mutating func analyze(body: [Action], of routine: Routine) {
    parameters = routine.arguments.map { $0 == .none || Catalog.isPolymorphic($0) ? nil : $0 }
    for (name, type) in zip(routine.argumentNames, routine.arguments) where !name.isEmpty {
      variables[name] = .some(type == .none || Catalog.isPolymorphic(type) ? nil : type)
    }
    // `function.argument` is another way to name one.
    var shape: Shape?
    for (index, action) in body.enumerated() {
      let result = self.shape(of: action)
      if index == body.count - 1 { shape = result }
    }
    checkResult(shape, body.last, of: routine)
  }

  /// The last statement gives what the function returns.
  private mutating func checkResult(_ shape: Shape?, _ last: Action?, of routine: Routine) {
    guard routine.kind == .function, routine.result != .void, routine.result != .none, routine.result != .trigger,
      !Catalog.isPolymorphic(routine.result)
    else { return }
    let gives: Bool
    switch last {
    case .query: gives = true
    case .insert(let change), .update(let change), .delete(let change): gives = !change.returning.isEmpty
    default: gives = false
    }
    let mismatch = "return type mismatch in function declared to return \(text(routine.result))"
    guard gives else {
      // Utility statements may hand on what isn't seen here.
      if last == nil || last?.isModification == true { reject(mismatch, "42P13", at: -1) }
      return
    }
    guard let shape, shape.isComplete, let facts = catalog.facts(of: catalog.base(of: routine.result)),
      facts.kind != .composite, routine.result != .record, facts.kind != .pseudo
    else { return }
    guard shape.columns.count == 1 else {
      reject(mismatch, "42P13", at: -1)
      return
    }
    if let given = shape.columns[0].type, !catalog.canCoerce(given.oid, to: routine.result, .assignment) {
      reject(mismatch, "42P13", at: -1)
    }
  }
}

extension Action {
  var changesSchema: Bool {
    switch self {
    case .query(let query): query.into != nil
    case .insert, .update, .delete, .merge, .set, .call, .lock, .truncate: false
    default: true
    }
  }

  fileprivate var isModification: Bool {
    switch self {
    case .insert, .update, .delete, .merge: true
    default: false
    }
  }
}
