/// What the value of a column must be like.
struct Demand: Hashable {
  /// A constant in a condition: numbers and times can be compared, texts only by whoever knows the column's type.
  enum Constant: Hashable {
    case number(Double)
    /// Seconds since 1970.
    case time(Double)
    case text(String)
  }

  struct Bound: Hashable {
    var value: Constant
    var isInclusive: Bool
  }

  struct Pattern: Hashable {
    /// A regular expression of PostgreSQL's.
    var text: String
    var ignoresCase: Bool
  }

  /// Nil where both will do.
  var isNull: Bool?
  /// The only values that will do.
  var choices: [String]?
  var excluded: Set<String> = []
  var lower: Bound?
  var upper: Bound?
  var minimumLength: Int?
  var maximumLength: Int?
  /// Whether it must have nothing but blanks, or something else.
  var isBlank: Bool?
  var patterns: [Pattern] = []
  /// As `jsonb_typeof` says it.
  var jsonKind: String?
  var excludedJSONKinds: Set<String> = []
  /// The keys of a JSON object, with the types of what they hold, by their names in `pg_type`.
  var jsonFields: [String: String] = [:]
  /// Of an array, or of a JSON array.
  var minimumCount: Int?
  var maximumCount: Int?

  /// Whether no value can be like that, as far as can be told.
  var isContradictory: Bool {
    if isNull == true { return false }
    if let choices, !choices.contains(where: allows) { return true }
    if let minimumLength, let maximumLength, minimumLength > maximumLength { return true }
    if let minimumCount, let maximumCount, minimumCount > maximumCount { return true }
    if let jsonKind, excludedJSONKinds.contains(jsonKind) { return true }
    if let lower, let upper { return lower.excludes(upper) }
    return false
  }

  /// Whether one of the choices is what else is wanted.
  private func allows(_ choice: String) -> Bool {
    if excluded.contains(choice) { return false }
    if let minimumLength, choice.count < minimumLength { return false }
    if let maximumLength, choice.count > maximumLength { return false }
    if let isBlank, isBlank != choice.allSatisfy({ $0 == " " }) { return false }
    let value = Bound(value: .text(choice), isInclusive: true)
    return lower?.excludes(value) != true && !(upper.map { value.excludes($0) } ?? false)
  }

  mutating func choose(from values: [String]) {
    choices = choices.map { old in old.filter(values.contains) } ?? values
  }

  mutating func raise(_ bound: Bound) {
    if let lower, !bound.isTighter(than: lower, by: >) { return }
    lower = bound
  }

  mutating func cap(_ bound: Bound) {
    if let upper, !bound.isTighter(than: upper, by: <) { return }
    upper = bound
  }

  mutating func length(from minimum: Int? = nil, to maximum: Int? = nil) {
    if let minimum { minimumLength = max(minimumLength ?? 0, minimum) }
    if let maximum { maximumLength = min(maximumLength ?? .max, maximum) }
  }

  mutating func count(from minimum: Int? = nil, to maximum: Int? = nil) {
    if let minimum { minimumCount = max(minimumCount ?? 0, minimum) }
    if let maximum { maximumCount = min(maximumCount ?? .max, maximum) }
  }
}

extension Demand.Constant {
  /// The number or the time; nil for a text that is neither, and for infinity, which bounds nothing.
  var magnitude: Double? {
    let value: Double? =
      switch self {
      case .number(let value), .time(let value): value
      case .text(let text): Double(text) ?? Timestamp.seconds(text)
      }
    return value.flatMap { abs($0) < 9e18 ? $0 : nil }
  }
}

extension Demand.Bound {
  fileprivate func isTighter(than other: Demand.Bound, by order: (Double, Double) -> Bool) -> Bool {
    guard let mine = value.magnitude, let its = other.value.magnitude else { return true }
    return order(mine, its) || mine == its && !isInclusive
  }

  /// Whether nothing is from this bound to the other one.
  fileprivate func excludes(_ upper: Demand.Bound) -> Bool {
    guard let mine = value.magnitude, let its = upper.value.magnitude else { return false }
    return mine > its || mine == its && !(isInclusive && upper.isInclusive)
  }
}

/// What a whole row must be like.
struct RowDemand: Hashable {
  /// One column compared with another.
  struct Relation: Hashable {
    var left: String
    /// `=`, `<>`, `<`, `<=`, `>` or `>=`
    var comparison: String
    var right: String
  }

  var columns: [String: Demand] = [:]
  var relations: [Relation] = []
  /// Whether every part of the conditions was understood, so that a row like this is known to do what is wanted.
  var isComplete = true

  var isContradictory: Bool { columns.values.contains(where: \.isContradictory) }

  subscript(_ column: String) -> Demand {
    get { columns[column] ?? Demand() }
    set { columns[column] = newValue }
  }
}
