import PostgresSyntax

/// Makes rows for one table that its constraints accept.
struct RowGenerator {
  /// Why no row could be made.
  struct Obstacle: Error, Hashable {
    var reason: String
  }

  /// What one row shall be like, beyond what the table wants of all.
  struct Wish {
    /// Values that are given; NULL where the value is nil.
    var fixed: [String: String?] = [:]
    var conditions: [Solver.Condition] = []
    /// The table's own conditions that don't matter this time, by their place in the plan.
    var ignored: Set<Int> = []
    /// Columns that are NULL only if they must be.
    var isFull = false
    /// Whose it shall be; otherwise all take turns.
    var tenant: Int?
  }

  let plan: TablePlan
  let tenancy: Tenancy
  private let maker: ValueMaker
  private let seed: Int
  /// Where in a row the values of columns are.
  let positions: [String: Int]
  /// Ways of meeting the table's conditions, by partition; made once, for there are as many rows as one likes.
  private var demands: [[RowDemand]] = []
  private var usedKeys: [Set<String>]
  /// For which rows each of the keys holds; nil for all.
  private let conditions: [Expression?]

  init(_ plan: TablePlan, tenancy: Tenancy, seed: Int, now: Double) {
    self.plan = plan
    self.tenancy = tenancy
    self.seed = seed
    maker = ValueMaker(schema: plan.schema, now: now)
    positions = Dictionary(uniqueKeysWithValues: plan.columns.enumerated().map { ($1.name, $0) })
    usedKeys = plan.uniqueKeys.map { _ in [] }
    conditions = plan.uniqueKeys.map { $0.condition.flatMap(Expression.init(sql:)) }
    var random = Randomness(seed: seed, plan.table.description, "ways")
    for partition in plan.partitions {
      var ways: [RowDemand] = []
      for _ in 0..<16 {
        guard let way = Solver.demand(plan.conditions + partition, now: now, random: &random) else { continue }
        if !ways.contains(way) { ways.append(way) }
      }
      demands.append(ways)
    }
  }

  /// The values of a row in the order of the plan's columns, with the values that no other row has taken.
  ///
  /// - Throws: `Obstacle` where the table's conditions, its references or its unique keys leave no room.
  func row(
    _ number: Int, _ wish: Wish = Wish(), pools: inout [Int: KeyPool]
  ) throws(Obstacle) -> [String?] {
    var last = Obstacle(reason: "no row was made")
    for attempt in 0..<24 {
      var random = Randomness(seed: seed &+ attempt &* 7919 &+ number &* 104_729, plan.table.description)
      do throws(Obstacle) {
        let values = try candidate(number, attempt, wish, &pools, &random)
        if let key = takenKey(values) {
          last = Obstacle(reason: "its unique key '\(key)' leaves no more room")
          continue
        }
        return values
      } catch {
        last = error
      }
    }
    throw last
  }

  /// Remembers a row that is in the table, so that no later one takes its keys.
  mutating func remember(_ value: (String) -> String?) {
    for (index, key) in plan.uniqueKeys.enumerated() where conditions[index]?.holds(for: value) != false {
      if let text = Self.text(of: key, value) { usedKeys[index].insert(text) }
    }
  }

  mutating func forget() { usedKeys = plan.uniqueKeys.map { _ in [] } }

  func value(_ column: String, of row: [String?]) -> String? { positions[column].flatMap { row[$0] } }

  /// Remembers a row that it made.
  mutating func remember(row: [String?]) {
    let positions = positions
    remember { column in positions[column].flatMap { row[$0] } }
  }

  private func takenKey(_ row: [String?]) -> String? {
    for (index, key) in plan.uniqueKeys.enumerated() {
      guard conditions[index]?.holds(for: { value($0, of: row) }) != false else { continue }
      if let text = Self.text(of: key, { value($0, of: row) }), usedKeys[index].contains(text) { return key.name }
    }
    return nil
  }

  /// The values of a key; nil where a NULL makes it different from all others.
  private static func text(of key: LiveUniqueIndex, _ value: (String) -> String?) -> String? {
    var text = ""
    for column in key.key {
      guard let part = value(column) else {
        if key.hasEqualNulls { text += "\u{0}" }
        if key.hasEqualNulls { continue } else { return nil }
      }
      // An expression is likely to ignore case.
      text += (key.hasExpressions ? part.lowercased() : part) + "\u{1F}"
    }
    return text
  }

  private func candidate(
    _ number: Int, _ attempt: Int, _ wish: Wish, _ pools: inout [Int: KeyPool], _ random: inout Randomness
  ) throws(Obstacle) -> [String?] {
    var draft = Draft(values: Array(repeating: nil, count: plan.columns.count))
    for (column, value) in wish.fixed { set(column, value, &draft) }
    // Strangers have room where the tenants' keys are all taken.
    let tenant = attempt < 12 || wish.tenant != nil ? tenant(number, wish) : tenancy.count
    if !tenancy.isEmpty { assignTenant(number, tenant, wish, &pools, &draft) }
    try assignReferences(number, attempt, tenant, wish, &pools, &draft, &random)
    let demand = try demand(number, wish, draft, &random)
    for index in order(demand) where !draft.isSet[index] {
      let column = plan.columns[index]
      draft.values[index] = try value(
        column, number + attempt * 97, demand, wish, draft, isTenants: tenant < tenancy.count, &random)
      draft.isSet[index] = true
    }
    for (column, source) in draft.copies { set(column, value(source, of: draft.values), &draft) }
    return draft.values
  }

  /// What others are compared with comes first.
  private func order(_ demand: RowDemand) -> [Int] {
    guard !demand.relations.isEmpty else { return Array(plan.columns.indices) }
    let related = Set(demand.relations.map(\.right))
    return plan.columns.indices.filter { related.contains(plan.columns[$0].name) }
      + plan.columns.indices.filter { !related.contains(plan.columns[$0].name) }
  }

  private struct Draft {
    var values: [String?]
    var isSet: [Bool]
    /// Columns that refer to the row itself.
    var copies: [(column: String, source: String)] = []

    init(values: [String?]) {
      self.values = values
      isSet = values.map { _ in false }
    }
  }

  private func set(_ column: String, _ value: String?, _ draft: inout Draft) {
    guard let position = positions[column] else { return }
    draft.values[position] = value
    draft.isSet[position] = true
  }

  private func isSet(_ column: String, _ draft: Draft) -> Bool { positions[column].map { draft.isSet[$0] } ?? false }

  // MARK: Tenants and references

  /// Whose the row is to be: a key that there is only once is a tenant's the first time.
  private func tenant(_ number: Int, _ wish: Wish) -> Int {
    if let tenant = wish.tenant { return tenant }
    for (index, key) in plan.uniqueKeys.enumerated() where key.key.count == 1 && conditions[index] == nil {
      guard tenancy.columns[plan.table.oid]?.contains(key.key[0]) == true else { continue }
      let open = (0..<tenancy.count).first { tenant in
        guard let value = tenancy.value(key.key[0], of: plan.table.oid, for: tenant) else { return false }
        return Self.text(of: key, { _ in value }).map { !usedKeys[index].contains($0) } ?? false
      }
      return open ?? tenancy.count
    }
    return tenancy.turn(number)
  }

  private func assignTenant(
    _ number: Int, _ tenant: Int, _ wish: Wish, _ pools: inout [Int: KeyPool], _ draft: inout Draft
  ) {
    for name in tenancy.columns[plan.table.oid] ?? [] where !isSet(name, draft) {
      guard let column = plan.table.column(name), let value = tenancy.value(name, of: plan.table.oid, for: tenant)
      else { continue }
      if !column.isNotNull, !wish.isFull, number % 10 == 9 {
        set(name, nil, &draft)
      } else if isThere(value, column, &pools) {
        set(name, value, &draft)
      }
    }
  }

  /// Whether a tenant may be named in a column: where it refers to a table, there must be a row for it.
  private func isThere(_ tenant: String, _ column: LiveColumn, _ pools: inout [Int: KeyPool]) -> Bool {
    for key in plan.table.foreignKeys where key.columns == [column.name] {
      guard let pair = key.pairs.first, let target = key.target else { continue }
      if pools[target]?.rows(with: [(pair.target, tenant)])?.isEmpty != false { return false }
    }
    return true
  }

  private func assignReferences(
    _ number: Int, _ attempt: Int, _ tenant: Int, _ wish: Wish, _ pools: inout [Int: KeyPool], _ draft: inout Draft,
    _ random: inout Randomness
  ) throws(Obstacle) {
    for key in plan.table.foreignKeys {
      guard let target = key.target else { continue }
      let open = key.pairs.filter { !isSet($0.column, draft) }
      guard !open.isEmpty else { continue }
      let nullable = open.filter { plan.table.column($0.column)?.isNotNull == false }
      let isOptional = key.matchesFull ? nullable.count == key.pairs.count : !nullable.isEmpty
      let prefersNull = isOptional && !wish.isFull && (random.happens(0.2) || attempt > 12)
      if !prefersNull, let row = parent(key, number + attempt, tenant, draft, &pools, &random) {
        for pair in open { set(pair.column, pools[target]?[row, pair.target], &draft) }
      } else if isOptional {
        for pair in nullable { set(pair.column, nil, &draft) }
      } else if target == plan.table.oid {
        draft.copies += open.map { ($0.column, $0.target) }
      } else {
        let name = plan.schema.table(target)?.description ?? "another table"
        throw Obstacle(reason: "'\(key.name)' needs a row of \(name), and no row there fits")
      }
    }
  }

  /// The row that a foreign key points to: one that agrees with the columns that are set already, and that is the same
  /// tenant's or nobody's, also where no constraint says so.
  private func parent(
    _ key: LiveConstraint, _ number: Int, _ tenant: Int, _ draft: Draft, _ pools: inout [Int: KeyPool],
    _ random: inout Randomness
  ) -> Int? {
    guard let target = key.target, let count = pools[target]?.count, count > 0 else { return nil }
    var agreed: [(column: String, value: String)] = []
    for pair in key.pairs where isSet(pair.column, draft) {
      guard let value = value(pair.column, of: draft.values) else { return nil }
      agreed.append((pair.target, value))
    }
    if !tenancy.isEmpty {
      for owner in [String(tenant), ""] {
        if let rows = pools[target]?.rows(with: agreed + [(KeyPool.owner, owner)]), !rows.isEmpty {
          return rows[index(below: rows.count, number / (tenancy.count + 1), key, &random)]
        }
      }
    }
    guard let rows = pools[target]?.rows(with: agreed) else { return index(below: count, number, key, &random) }
    return rows.isEmpty ? nil : rows[index(below: rows.count, number, key, &random)]
  }

  private func index(below count: Int, _ number: Int, _ key: LiveConstraint, _ random: inout Randomness) -> Int {
    let columns = Set(key.columns ?? [])
    // One to one, or whose row it is: everyone gets a turn.
    if plan.uniqueKeys.contains(where: { !$0.key.isEmpty && columns.isSuperset(of: $0.key) })
      || !columns.isDisjoint(with: tenancy.columns[plan.table.oid] ?? [])
    {
      return number % count
    }
    // Few have many: the square of an even distribution.
    let fraction = random.fraction()
    return min(count - 1, Int(fraction * fraction * Double(count)))
  }

  /// Whose a row is: by its own columns, or by what it refers to.
  func owner(of row: (String) -> String?, _ pools: inout [Int: KeyPool]) -> Int? {
    guard !tenancy.isEmpty else { return nil }
    if let own = tenancy.owner(in: plan.table.oid, row) { return own }
    for key in plan.table.foreignKeys {
      guard let target = key.target, pools[target] != nil else { continue }
      let values = key.pairs.compactMap { pair in row(pair.column).map { (column: pair.target, value: $0) } }
      guard values.count == key.pairs.count, let parent = pools[target]?.rows(with: values)?.first,
        let owner = pools[target]?[parent, KeyPool.owner].flatMap({ Int($0) })
      else { continue }
      return owner
    }
    return nil
  }

  // MARK: Conditions and values

  private func demand(
    _ number: Int, _ wish: Wish, _ draft: Draft, _ random: inout Randomness
  ) throws(Obstacle) -> RowDemand {
    let start = start(draft)
    let isUsual = wish.conditions.isEmpty && wish.ignored.isEmpty && start.columns.isEmpty
    let own = isUsual ? [] : plan.conditions.indices.filter { !wish.ignored.contains($0) }.map { plan.conditions[$0] }
    // Tenants take turns with every row, partitions with every round of them.
    let round = number / (tenancy.count + 1)
    // Values that are given may rule out ways, and partitions.
    for offset in demands.indices {
      let partition = (round + offset) % demands.count
      if isUsual {
        let ways = demands[partition]
        if !ways.isEmpty { return ways[random.below(ways.count)] }
      } else if let demand = Solver.demand(
        wish.conditions + own + plan.partitions[partition], now: maker.now, random: &random, on: start)
      {
        return demand
      }
    }
    throw Obstacle(reason: "its checks contradict each other, as far as can be told")
  }

  /// The values that are fixed before, where the table's conditions mention them: they may rule out ways.
  private func start(_ draft: Draft) -> RowDemand {
    var demand = RowDemand()
    for index in plan.columns.indices where draft.isSet[index] && plan.checkedColumns.contains(plan.columns[index].name)
    {
      let value = draft.values[index]
      demand.columns[plan.columns[index].name] = Demand(isNull: value == nil, choices: value.map { [$0] })
    }
    return demand
  }

  private func value(
    _ column: LiveColumn, _ number: Int, _ demand: RowDemand, _ wish: Wish, _ draft: Draft, isTenants: Bool,
    _ random: inout Randomness
  ) throws(Obstacle) -> String? {
    var wanted = demand[column.name]
    if isTenants, let rights = tenancy.privileges[TableColumn(table: plan.table.oid, name: column.name)] {
      plan.schema.avoid(rights, column, &wanted)
    }
    // What a stranger is known by is no tenant's.
    if !isTenants { wanted.excluded.formUnion(tenancy.known(by: column.name, in: plan.table.oid)) }
    if let fields = plan.jsonFields[column.name] { wanted.jsonFields.merge(fields) { own, _ in own } }
    let mayBeNull = !column.isNotNull && wanted.isNull != false && !plan.schema.refusesNull(column.type)
    if wanted.isNull == true {
      if column.isNotNull { throw Obstacle(reason: "its checks want '\(column.name)' to be NULL, which it can't be") }
      return nil
    }
    if mayBeNull, !wish.isFull, random.happens(column.isMark ? 0.9 : 0.2) { return nil }
    for relation in demand.relations {
      wanted.respect(relation, of: column.name) { self.value($0, of: draft.values) }
    }
    if let value = maker.value(
      of: column, wanted, topic: plan.topics[column.name], row: number,
      isUnique: plan.uniqueColumns.contains(column.name), &random)
    {
      return value
    }
    if mayBeNull { return nil }
    let reason =
      plan.schema.canMake(column.type)
      ? "no value of '\(column.name)' meets its checks, as far as can be told"
      : "no values are known for '\(column.name)' of the type \(column.typeName)"
    throw Obstacle(reason: reason)
  }
}

extension LiveSchema {
  /// Rules out values, as far as others are left.
  fileprivate func avoid(_ values: Set<String>, _ column: LiveColumn, _ demand: inout Demand) {
    let known =
      demand.choices ?? types[column.type]?.labels ?? (types[column.type]?.name == "bool" ? ["true", "false"] : nil)
    guard let known else { return }
    let left = known.filter { !values.contains($0) && !demand.excluded.contains($0) }
    if !left.isEmpty { demand.choices = left }
  }
}

extension LiveColumn {
  /// Whether a value in it says that the row is done with, so that most rows have none.
  fileprivate var isMark: Bool {
    ["deleted", "archived", "removed", "cancelled", "canceled", "revoked", "disabled"].contains { name.hasPrefix($0) }
  }
}

extension Demand {
  /// Takes into account a comparison with a column that has its value already.
  fileprivate mutating func respect(_ relation: RowDemand.Relation, of column: String, _ value: (String) -> String?) {
    let isLeft = relation.left == column
    guard isLeft || relation.right == column, let other = value(isLeft ? relation.right : relation.left) else { return }
    let comparison = isLeft ? relation.comparison : Solver.mirrored[relation.comparison] ?? relation.comparison
    let bound = Bound(value: .text(other), isInclusive: comparison.hasSuffix("="))
    switch comparison {
    case "=": choose(from: [other])
    case "<>": excluded.insert(other)
    case "<", "<=": cap(bound)
    default: raise(bound)
    }
  }
}
