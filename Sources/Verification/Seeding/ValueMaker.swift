/// Makes values of any type: those of made-up types out of those that they are made of.
struct ValueMaker {
  var schema: LiveSchema
  /// The present time, in seconds since 1970.
  var now: Double

  /// A value that meets the demand; nil where none was found.
  func value(
    of column: LiveColumn, _ demand: Demand, topic: TextTopic? = nil, row: Int, isUnique: Bool,
    _ random: inout Randomness
  ) -> String? {
    if let choices = demand.choices?.filter({ !demand.excluded.contains($0) }) {
      return choices.isEmpty ? nil : choices[random.below(choices.count)]
    }
    var request = ValueRequest(
      type: "", modifier: column.modifier, demand: demand, column: column.name, topic: topic, row: row,
      isUnique: isUnique, now: now)
    for _ in 0..<8 {
      guard let value = value(column.type, &request, &random) else { return nil }
      if !demand.excluded.contains(value) { return value }
    }
    return nil
  }

  /// Some value of a type; nil where none are known.
  func anyValue(of type: Int, _ random: inout Randomness) -> String? {
    var request = ValueRequest(
      type: "", modifier: -1, demand: Demand(), column: "", topic: nil, row: 1, isUnique: false, now: now)
    return value(type, &request, &random)
  }

  private func value(_ oid: Int, _ request: inout ValueRequest, _ random: inout Randomness) -> String? {
    guard let type = schema.types[oid] else { return nil }
    if let element = type.element { return array(of: element, request, &random) }
    switch type.kind {
    case .base:
      request.type = type.name
      return familyOfType[type.name]?.value(request, &random)
    case .domain:
      if request.modifier < 0 { request.modifier = type.modifier }
      return type.base.flatMap { value($0, &request, &random) }
    case .enumeration:
      let labels = (type.labels ?? []).filter { !request.demand.excluded.contains($0) }
      return labels.isEmpty ? nil : labels[request.isUnique ? request.row % labels.count : random.below(labels.count)]
    case .range: return type.subtype.flatMap { range(of: $0, request, &random) }
    case .multirange:
      var inner = request
      return type.subtype.flatMap { value($0, &inner, &random) }.map { "{\($0)}" }
    case .composite:
      let fields = (type.fields ?? []).map { field in
        var inner = request
        inner.modifier = field.modifier
        inner.demand = Demand()
        return value(field.type, &inner, &random).map(ArrayText.quoted) ?? ""
      }
      return "(\(fields.joined(separator: ",")))"
    }
  }

  private func array(of element: Int, _ request: ValueRequest, _ random: inout Randomness) -> String? {
    let least = request.demand.minimumCount ?? 0
    let count = max(least, min(request.demand.maximumCount ?? 3, least + random.below(4)))
    var inner = request
    inner.demand = Demand()
    var elements: [String?] = []
    for position in 0..<count {
      inner.row = request.row * 4 + position
      guard let value = value(element, &inner, &random) else { return nil }
      elements.append(value)
    }
    return ArrayText.text(elements)
  }

  /// Ranges that don't overlap, in the order of the rows.
  private func range(of subtype: Int, _ request: ValueRequest, _ random: inout Randomness) -> String? {
    func bound(_ number: Int) -> String {
      switch schema.types[subtype]?.name {
      case "date": Timestamp.date(now - 90 * 86400 + Double(number) * 86400)
      case "timestamp", "timestamptz": ArrayText.quoted(Timestamp.text(now - 90 * 86400 + Double(number) * 3600))
      default: String(number)
      }
    }
    return "[\(bound(request.row * 4)),\(bound(request.row * 4 + 2)))"
  }
}
