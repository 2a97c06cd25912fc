/// Whose rows are whose: the columns that say it, and who there is.
struct Tenancy: Sendable {
  /// The names of the columns that say whose a row is, the most telling first.
  var columns: [String] = []
  /// The tenants that rows are divided among, by column, in the order of the identities.
  var values: [String: [String]] = [:]
  /// By table, the keys that tenants are known by where a column refers to them: the first rows are theirs.
  private(set) var roots: [Int: [String: [String]]] = [:]

  init() {}

  /// The tenants that identities are.
  init(_ identities: [Identity], _ columns: [String]) {
    self.columns = columns
    for column in columns {
      for value in identities.compactMap({ $0.owns[column] }) where values[column]?.contains(value) != true {
        values[column, default: []].append(value)
      }
    }
  }

  /// Finds the tables in which the tenants themselves are rows, also those that these refer to.
  mutating func findRoots(in schema: LiveSchema) {
    var open: [(target: Int, column: String, tenants: [String])] = []
    for table in schema.tables {
      for key in table.foreignKeys where key.columns?.count == 1 {
        if let target = key.target, let pair = key.pairs.first, let tenants = values[pair.column] {
          open.append((target, pair.target, tenants))
        }
      }
    }
    while let root = open.popLast() {
      guard roots[root.target]?[root.column] == nil else { continue }
      roots[root.target, default: [:]][root.column] = root.tenants
      for key in schema.table(root.target)?.foreignKeys ?? [] where key.columns == [root.column] {
        if let target = key.target, let pair = key.pairs.first { open.append((target, pair.target, root.tenants)) }
      }
    }
  }
}
