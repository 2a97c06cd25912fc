/// The rows of a table that others refer to, and what must not be there twice.
struct KeyPool {
  /// By column, the values of the rows, in one order.
  private(set) var columns: [String: [String?]]
  /// Their names: to go through the dictionary while it changes would copy it.
  private let names: [String]
  private(set) var count = 0
  /// The column that says whose a row is: a tenant's number, or nothing.
  static let owner = "\u{0}owner"
  /// Rows by the values of some columns, made when first asked for.
  private var indexes: [[String]: (rows: [[String]: [Int]], count: Int)] = [:]

  init(columns: some Sequence<String>) {
    self.columns = Dictionary((columns + [Self.owner]).map { ($0, []) }) { first, _ in first }
    names = Array(self.columns.keys)
  }

  mutating func add(owner: Int?, _ value: (String) -> String?) {
    for column in names { columns[column]?.append(column == Self.owner ? owner.map(String.init) ?? "" : value(column)) }
    count += 1
  }

  subscript(row: Int, column: String) -> String? { columns[column]?[row] ?? nil }

  /// The rows that have these values; all where none are asked for.
  mutating func rows(with values: [(column: String, value: String)]) -> [Int]? {
    guard !values.isEmpty else { return nil }
    let key = values.map(\.column)
    // Taken out for the time, so that it is changed where it is.
    var index = indexes.removeValue(forKey: key) ?? ([:], 0)
    while index.count < count {
      let found = key.compactMap { self[index.count, $0] }
      if found.count == key.count { index.rows[found, default: []].append(index.count) }
      index.count += 1
    }
    indexes[key] = index
    return index.rows[values.map(\.value)] ?? []
  }
}
