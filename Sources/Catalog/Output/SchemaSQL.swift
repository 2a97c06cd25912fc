import PostgresSyntax

extension Catalog {
  /// The schema as SQL that psql can load into an empty database.
  public var sql: String {
    var writer = SchemaSQL(self)
    return writer.write()
  }
}

/// Writes a catalog as SQL: what others need first, constraints and what belongs to tables last.
struct SchemaSQL {
  let catalog: Catalog
  let deparser = Deparser()
  private var lines: [String] = []
  private var written: Set<OID> = []

  init(_ catalog: Catalog) {
    var catalog = catalog
    // Nothing but the server's own is written without its schema.
    catalog.session.path = []
    self.catalog = catalog
  }

  mutating func write() -> String {
    let schemas = catalog.schemas.keys.sorted()
    lines = [
      "SET check_function_bodies = false;", "SET client_min_messages = warning;",
      "SET search_path = \((["public"] + schemas.filter { $0 != "public" }).map(\.sqlIdentifier).joined(separator: ", "));",
    ]
    for name in catalog.roles.entries.filter({ !$0.1.isAssumed }).map({ $0.0 }).sorted() {
      add("DO $$ BEGIN CREATE ROLE \(name.sqlIdentifier); EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    }
    for name in schemas where name != "public" { add("CREATE SCHEMA IF NOT EXISTS \(name.sqlIdentifier)") }
    for (name, state) in catalog.extensions.entries.sorted(by: { $0.0 < $1.0 }) {
      let own = BuiltIns.shared.lines("e", name).first.map { $0[4] } ?? ""
      add(
        "CREATE EXTENSION IF NOT EXISTS \(name.sqlIdentifier)"
          + (own.isEmpty ? " SCHEMA \(state.schema.sqlIdentifier)" : ""))
    }
    for oid in objects { object(oid) }
    let tables = relations.filter { $0.isTable || $0.kind == .foreignTable || $0.kind == .materializedView }
    for table in tables where table.isPartition { attach(table) }
    for table in tables { indexes(of: table) }
    for table in tables { attachIndexes(of: table) }
    for table in tables { foreignKeys(of: table) }
    for relation in relations { parts(of: relation) }
    for other in catalog.others.values.sorted(by: { $0.oid < $1.oid }) { original(other.origin) }
    sequenceOwners()
    comments()
    privileges()
    defaultPrivileges()
    return lines.joined(separator: "\n") + "\n"
  }

  mutating func add(_ statement: String) { lines.append(statement + ";") }

  var relations: [Relation] {
    catalog.relations.values.filter { !$0.isAssumed && $0.name.schema != Catalog.temporarySchema }.sorted {
      $0.oid < $1.oid
    }
  }

  /// Types, relations, routines and operators, in the order in which they were made.
  private var objects: [OID] {
    var found = relations.map(\.oid)
    found += catalog.types.values.filter { !$0.isAssumed }.map(\.oid)
    found += catalog.routines.values.filter { !$0.isConstructor && $0.name.schema != Catalog.temporarySchema }.map(
      \.oid)
    found += catalog.operators.values.map(\.oid) + catalog.casts.values.map(\.oid)
    return found.sorted()
  }

  /// Writes an object, after those that it needs.
  private mutating func object(_ oid: OID) {
    guard written.insert(oid).inserted else { return }
    if let relation = catalog.relations[oid] {
      for parent in relation.parents { object(parent) }
      var needed = catalog.dependencies.needs(of: Address(.relation, oid))
      for column in relation.columns {
        needed += catalog.dependencies.needs(of: Address(.column, oid, column: column.number))
        needed += catalog.dependencies.needs(of: Address(.defaultValue, oid, column: column.number))
      }
      for need in needed where need != oid && relation.ownedBy?.table != need { object(need) }
      self.relation(relation)
    } else if let type = catalog.types[oid] {
      needs(of: Address(.type, oid))
      self.type(type)
    } else if let routine = catalog.routines[oid] {
      needs(of: Address(.routine, oid))
      self.routine(routine)
    } else if let found = catalog.operators[oid] {
      needs(of: Address(.operator, oid))
      original(found.origin)
    } else if let cast = catalog.casts[oid] {
      needs(of: Address(.cast, oid))
      original(cast.origin)
    }
  }

  private mutating func needs(of address: Address) {
    for need in catalog.dependencies.needs(of: address) { object(need) }
  }

  /// The statement that made an object, as it stands in its file.
  mutating func original(_ origin: Origin?) {
    guard let origin else { return }
    add(origin.file.sql(origin.range))
  }

  // MARK: - Relations

  private mutating func relation(_ relation: Relation) {
    switch relation.kind {
    case .table, .partitionedTable, .foreignTable: table(relation)
    case .view, .materializedView: view(relation)
    case .sequence: if relation.ownedBy?.isIdentity != true { sequence(relation) }
    case .compositeType:
      let columns = relation.columns.map { "\($0.name.sqlIdentifier) \(typeText($0.type))" }
      add("CREATE TYPE \(relation.name.sql) AS (\(columns.joined(separator: ", ")))")
    }
  }

  private func typeText(_ type: DataType?) -> String { type.map { catalog.format($0) } ?? "text" }

  private mutating func table(_ relation: Relation) {
    let inherits =
      relation.parents.isEmpty || relation.isPartition ? [] : relation.parents.compactMap { catalog.relations[$0] }
    let own = relation.columns.filter { inherits.isEmpty || $0.isLocal }
    var parts = own.map { column(of: relation, $0) }
    for constraint in relation.constraints where constraint.isCheck && (inherits.isEmpty || constraint.isLocal) {
      if let condition = constraint.expression, constraint.isValidated {
        parts.append(
          "CONSTRAINT \(constraint.name.sqlIdentifier) CHECK (\(deparser.text(condition)))\(constraint.isNoInherit ? " NO INHERIT" : "")"
        )
      }
    }
    parts += keys(of: relation)
    let word =
      relation.persistence == .unlogged ? "UNLOGGED TABLE" : relation.kind == .foreignTable ? "FOREIGN TABLE" : "TABLE"
    var text = "CREATE \(word) \(relation.name.sql) (\n  \(parts.joined(separator: ",\n  "))\n)"
    if parts.isEmpty { text = "CREATE \(word) \(relation.name.sql) ()" }
    if !inherits.isEmpty { text += " INHERITS (\(inherits.map(\.name.sql).joined(separator: ", ")))" }
    if let key = relation.partitionKey { text += " PARTITION BY \(key.strategy.uppercased()) (\(elements(of: key)))" }
    if let server = relation.server { text += " SERVER \(server.sqlIdentifier)" }
    add(text)
    for constraint in relation.constraints where constraint.isCheck && !constraint.isValidated {
      guard let condition = constraint.expression, inherits.isEmpty || constraint.isLocal else { continue }
      add(
        "ALTER TABLE \(relation.name.sql) ADD CONSTRAINT \(constraint.name.sqlIdentifier) CHECK (\(deparser.text(condition))) NOT VALID"
      )
    }
  }

  private func elements(of key: PartitionKey) -> String {
    var expressions = key.expressions.makeIterator()
    return key.columns.map { name in
      name?.sqlIdentifier ?? expressions.next().map { "(\(deparser.text($0)))" } ?? ""
    }.joined(separator: ", ")
  }

  private func column(of relation: Relation, _ column: Column) -> String {
    var text = "\(column.name.sqlIdentifier) \(typeText(column.type))"
    if let collation = column.collation { text += " COLLATE \(collation.sqlIdentifier)" }
    if let generated = column.generated {
      text += " GENERATED ALWAYS AS (\(deparser.text(generated))) STORED"
    } else if let identity = column.identity {
      text += " GENERATED \(identity == "a" ? "ALWAYS" : "BY DEFAULT") AS IDENTITY"
      if let sequence = catalog.sequence(of: relation, column) { text += " (SEQUENCE NAME \(sequence.name.sql))" }
    } else if let value = column.defaultValue, column.hasDefault {
      text += " DEFAULT \(deparser.text(value))"
    } else if column.hasDefault, let sequence = catalog.sequence(of: relation, column) {
      text += " DEFAULT nextval(\(sequence.name.sql.sqlLiteral))"
    }
    if column.isNotNull { text += " NOT NULL" }
    return text
  }

  private mutating func sequence(_ relation: Relation) {
    let facts = relation.sequence
    var text = "CREATE SEQUENCE \(relation.name.sql)"
    if let type = facts?.type, type != .bigint { text += " AS \(catalog.format(type))" }
    if let options = facts?.options {
      for (word, value) in [
        ("INCREMENT", options.increment), ("MINVALUE", options.minimum), ("MAXVALUE", options.maximum),
        ("START", options.start), ("CACHE", options.cache),
      ] {
        if let value { text += " \(word) \(value)" }
      }
      if options.isCycling == true { text += " CYCLE" }
    }
    add(text)
  }

  private mutating func sequenceOwners() {
    for sequence in relations {
      guard let owner = sequence.ownedBy, !owner.isIdentity, let table = catalog.relations[owner.table],
        let column = table.columns.first(where: { $0.number == owner.column })
      else { continue }
      add("ALTER SEQUENCE \(sequence.name.sql) OWNED BY \(table.name.sql).\(column.name.sqlIdentifier)")
    }
  }

  private mutating func view(_ relation: Relation) {
    guard let view = relation.view else { return }
    let catalog = catalog
    let deparser = Deparser { name in
      guard let known = view.relations[name], let current = catalog.relations[known.oid] else { return nil }
      let columns = current.columns.map { known.columns[$0.number] ?? $0.name }
      return (current.name, columns == current.columns.map(\.name) ? [] : columns)
    }
    let names = relation.columns.map(\.name.sqlIdentifier).joined(separator: ", ")
    let options = relation.options.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    let with = options.isEmpty ? "" : " WITH (\(options.joined(separator: ", ")))"
    let word = relation.kind == .view ? "VIEW" : "MATERIALIZED VIEW"
    add(
      "CREATE \(word) \(relation.name.sql)\(names.isEmpty ? "" : " (\(names))")\(with) AS \(deparser.text(view.query))")
  }

  // MARK: - Types and routines

  private mutating func type(_ type: UserType) {
    switch type.kind {
    case .enumeration(let labels):
      add("CREATE TYPE \(type.name.sql) AS ENUM (\(labels.map(\.sqlLiteral).joined(separator: ", ")))")
    case .domain(let domain):
      var text = "CREATE DOMAIN \(type.name.sql) AS \(catalog.format(domain.base))"
      if let value = domain.defaultValue { text += " DEFAULT \(deparser.text(value))" }
      if domain.isNotNull { text += " NOT NULL" }
      for constraint in domain.constraints {
        if let condition = constraint.expression {
          text += " CONSTRAINT \(constraint.name.sqlIdentifier) CHECK (\(deparser.text(condition)))"
        }
      }
      add(text)
    case .range(let subtype, _): add("CREATE TYPE \(type.name.sql) AS RANGE (SUBTYPE = \(catalog.format(subtype)))")
    case .shell: add("CREATE TYPE \(type.name.sql)")
    case .base: original(type.origin)
    case .multirange, .assumed: break
    }
  }

  private mutating func routine(_ routine: Routine) {
    let definition = routine.definition
    guard !routine.isAggregate, let body = definition.body, body.statements == nil else {
      return original(routine.origin)
    }
    var input = routine.arguments.makeIterator()
    var output = routine.output.makeIterator()
    let arguments = definition.arguments.compactMap { argument -> String? in
      let isInput = argument.mode == .in || argument.mode == .inOut || argument.mode == .variadic
      let type = isInput ? input.next() : output.next()?.type
      if argument.mode == .inOut { _ = output.next() }
      guard argument.mode != .table else { return nil }
      let mode = [.out: "OUT ", .inOut: "INOUT ", .variadic: "VARIADIC "][argument.mode] ?? ""
      let name = argument.name.map { $0.sqlIdentifier + " " } ?? ""
      return mode + name + (type.map { catalog.format($0) } ?? argument.type.sql)
        + (argument.defaultValue.map { " DEFAULT \(deparser.text($0))" } ?? "")
    }
    var text =
      "CREATE \(routine.isProcedure ? "PROCEDURE" : "FUNCTION") \(routine.name.sql)(\(arguments.joined(separator: ", ")))"
    let table = definition.arguments.filter { $0.mode == .table }
    if !table.isEmpty {
      let columns = zip(table, routine.output.suffix(table.count)).map {
        "\(($0.name ?? "").sqlIdentifier) \(catalog.format($1.type))"
      }
      text += " RETURNS TABLE (\(columns.joined(separator: ", ")))"
    } else if let returns = definition.returns {
      text +=
        " RETURNS \(routine.returnsSet ? "SETOF " : "")\(routine.result == .none ? returns.sql : catalog.format(routine.result))"
    }
    text += " LANGUAGE \(body.language.sqlIdentifier)"
    if !routine.isProcedure, routine.volatility != .volatile { text += " \(routine.volatility.rawValue.uppercased())" }
    if definition.isStrict { text += " STRICT" }
    if routine.isSecurityDefiner { text += " SECURITY DEFINER" }
    if definition.isWindow { text += " WINDOW" }
    for setting in definition.settings where !setting.isReset {
      text += " SET \(setting.name) = \(setting.values.map(\.sqlLiteral).joined(separator: ", "))"
    }
    add(text + " AS " + body.text.dollarQuoted)
  }

  // MARK: - What belongs to tables

  /// Keys and exclusions as they stand in CREATE TABLE: views may need them.
  private func keys(of table: Relation) -> [String] {
    table.constraints.filter(\.hasIndex).map { constraint in
      let index = catalog.indexes(on: table.oid).first { $0.constraint == constraint.name }
      let columns = constraint.columns.map(\.sqlIdentifier).joined(separator: ", ")
      let included = (index?.including ?? []).map(\.sqlIdentifier).joined(separator: ", ")
      let including = included.isEmpty ? "" : " INCLUDE (\(included))"
      let text =
        switch constraint.kind {
        case .primaryKey: "PRIMARY KEY (\(columns))\(including)"
        case .unique: "UNIQUE\(constraint.nullsNotDistinct ? " NULLS NOT DISTINCT" : "") (\(columns))\(including)"
        default: exclusion(constraint)
        }
      return "CONSTRAINT \(constraint.name.sqlIdentifier) \(text)\(constraint.deferral)"
    }
  }

  private func exclusion(_ constraint: Constraint) -> String {
    guard let exclusion = constraint.exclusion else { return "" }
    let elements = zip(exclusion.elements, exclusion.operators).map { element, name in
      "\(self.element(element)) WITH \(name.schema == nil ? name.name : "OPERATOR(\(name.schema!).\(name.name))")"
    }
    return "EXCLUDE USING \(exclusion.method) (\(elements.joined(separator: ", ")))"
      + (exclusion.filter.map { " WHERE (\(deparser.text($0)))" } ?? "")
  }

  private func element(_ element: CreateIndex.Element) -> String {
    (element.column?.sqlIdentifier ?? "(\(element.expression.map { deparser.text($0) } ?? ""))")
      + (element.collation.map { " COLLATE \($0.sql)" } ?? "") + (element.operatorClass.map { " \($0.sql)" } ?? "")
  }

  private mutating func indexes(of table: Relation) {
    for index in catalog.indexes(on: table.oid) where index.constraint == nil {
      let elements = index.elements.map { element in
        (element.column?.sqlIdentifier ?? "(\(element.expression.map { deparser.text($0) } ?? ""))")
          + (element.collation.map { " COLLATE \($0.sqlIdentifier)" } ?? "")
          + (element.operatorClass.map { " \($0.sqlIdentifier)" } ?? "") + (element.isDescending ? " DESC" : "")
          + (element.hasUnusualNulls ? (element.isDescending ? " NULLS LAST" : " NULLS FIRST") : "")
      }
      var text =
        "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(index.name.name.sqlIdentifier) ON ONLY \(table.name.sql)"
      text += " USING \(index.method) (\(elements.joined(separator: ", ")))"
      if !index.including.isEmpty {
        text += " INCLUDE (\(index.including.map(\.sqlIdentifier).joined(separator: ", ")))"
      }
      if index.nullsNotDistinct { text += " NULLS NOT DISTINCT" }
      if let filter = index.filter { text += " WHERE \(deparser.text(filter))" }
      add(text)
    }
  }
}

extension Constraint {
  var deferral: String {
    (isDeferrable ? " DEFERRABLE" : "") + (isInitiallyDeferred ? " INITIALLY DEFERRED" : "")
  }
}

extension String {
  /// In dollar quotes that the text itself doesn't hold.
  fileprivate var dollarQuoted: String {
    var tag = "$body$"
    while contains(tag) { tag = tag.dropLast() + "_$" }
    return tag + self + tag
  }
}
