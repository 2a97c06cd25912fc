import PostgresSyntax

/// Views that rows can be put into (PostgreSQL documentation, CREATE VIEW, "Updatable Views").
extension Analyzer {
  /// Reports a view that neither the server nor a trigger or rule can change rows through.
  mutating func checkUpdatable(_ view: Relation, _ change: Modification, _ event: CreateTrigger.Event?) {
    guard let event, view.kind == .view, !view.isAssumed, !catalog.handles(event, on: view) else { return }
    let verb = event == .insert ? "insert into" : event == .update ? "update" : "delete from"
    guard let base = catalog.updatableBase(of: view) else {
      if catalog.isReadOnly(view) {
        reject("cannot \(verb) view '\(view.name.name)'", "55000", at: change.table.offset)
      }
      return
    }
    guard event != .delete else {
      checkBase(base, change, event)
      return
    }
    let named = change.columns.map { ($0.name, $0.offset) }
    // Without names, an INSERT gives values to the first columns.
    let given = change.source?.values.first?.count ?? (change.source == nil ? 0 : view.columns.count)
    let columns =
      event == .insert && named.isEmpty
      ? view.columns.prefix(given).map { ($0.name, change.table.offset) } : named
    for (name, offset) in columns {
      guard let isUpdatable = catalog.isUpdatable(name, of: view, event), !isUpdatable else { continue }
      reject("cannot \(verb) column '\(name)' of view '\(view.name.name)'", "0A000", at: offset)
      return
    }
    checkBase(base, change, event)
  }

  private mutating func checkBase(_ base: Relation, _ change: Modification, _ event: CreateTrigger.Event) {
    guard base.kind == .view else { return }
    var inner = change
    inner.columns = []
    inner.source = nil
    checkUpdatable(base, inner, event)
  }
}

extension Catalog {
  /// Whether a trigger or rule takes the place of the change.
  fileprivate func handles(_ event: CreateTrigger.Event, on view: Relation) -> Bool {
    view.triggers.contains { $0.definition.timing == .insteadOf && $0.definition.events.contains(event) }
      || view.rules.contains {
        $0.definition.isInstead && $0.definition.event == event.rawValue && $0.definition.condition == nil
      }
  }

  /// The one table or view that a view shows rows of; nil where there is none, or it isn't known.
  fileprivate func updatableBase(of view: Relation) -> Relation? {
    guard let query = view.view?.query, query.isSimple(in: self), case .relation(let reference, _) = query.from[0],
      let found = view.view?.relations[reference.name], let base = relations[found.oid],
      base.isTable || base.kind == .view || base.kind == .foreignTable
    else { return nil }
    return base
  }

  /// Whether rows certainly can't be put into a view.
  fileprivate func isReadOnly(_ view: Relation) -> Bool {
    guard let query = view.view?.query else { return false }
    guard query.isSimple(in: self) else { return true }
    guard case .relation(let reference, _) = query.from[0], let found = view.view?.relations[reference.name],
      let base = relations[found.oid]
    else { return false }
    return base.kind == .materializedView || base.kind == .sequence
  }

  /// Whether a column of a view is one of the table's; nil where that isn't known.
  fileprivate func isUpdatable(_ name: String, of view: Relation, _ event: CreateTrigger.Event) -> Bool? {
    guard let query = view.view?.query, let base = updatableBase(of: view), base.hasKnownColumns,
      let place = view.columns.firstIndex(where: { $0.name == name }), query.targets.count == view.columns.count
    else { return nil }
    guard case .column(let path, isWhole: false, _) = query.targets[place].value, let source = path.last else {
      if case .column = query.targets[place].value { return nil }
      return false
    }
    let known = view.view?.relations.values.first { $0.oid == base.oid }?.columns.first { $0.value == source }
    guard let number = known?.key, let column = base.columns.first(where: { $0.number == number }) else {
      return Column.system[source] != nil ? false : nil
    }
    return base.kind == .view && !handles(event, on: base) ? isUpdatable(column.name, of: base, event) : true
  }
}

extension Query {
  /// Whether each row of the result is a row of the one relation in FROM.
  fileprivate func isSimple(in catalog: Catalog) -> Bool {
    guard with.isEmpty, setOperation == nil, values.isEmpty, distinct == nil, groupBy.isEmpty, having == nil,
      limit == nil, skip == nil, from.count == 1, case .relation = from[0]
    else { return false }
    return targets.allSatisfy { !$0.value.hasSetOrAggregate(in: catalog) }
  }
}

extension Expression {
  /// Whether it calls an aggregate, a window function or a function that gives rows, outside of subqueries.
  fileprivate func hasSetOrAggregate(in catalog: Catalog) -> Bool {
    if case .call(let call) = self {
      if call.window != nil { return true }
      let candidates = catalog.functions(call.name)
      if !candidates.isEmpty, candidates.allSatisfy({ $0.kind == .aggregate || $0.returnsSet }) { return true }
    }
    return children.contains { $0.hasSetOrAggregate(in: catalog) }
  }
}
