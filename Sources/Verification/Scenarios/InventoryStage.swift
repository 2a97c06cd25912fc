import Diagnostics
import Postgres

/// Compares the objects of a database with those that the project says it has.
struct InventoryStage {
  var inventory: DeclaredInventory
  var connection: Connection

  private struct Object: Decodable {
    var kind: String
    var name: String
  }

  func checks() throws -> [CheckResult] {
    var log = CheckLog()
    let there = Dictionary(grouping: try connection.rows(of: "inventory/objects", Object.self), by: \.kind)
      .mapValues { Set($0.map(\.name)) }
    for (kind, names) in inventory.names.sorted(by: { $0.key < $1.key }) {
      let (declared, found) = (Set(names), there[kind] ?? [])
      let missing = declared.subtracting(found).sorted()
      let surplus = found.subtracting(declared).sorted()
      let isEqual = missing.isEmpty && surplus.isEmpty
      log.append(
        CheckResult(
          id: "inventory/\(kind)", stage: "inventory", subject: kind, status: isEqual ? .passed : .failed,
          message: isEqual
            ? "the \(found.count) \(kind) are those that are declared" : "the \(kind) are not those that are declared",
          expected: isEqual ? nil : missing.isEmpty ? "nothing else" : "also \(missing.joined(separator: ", "))",
          actual: isEqual ? nil : surplus.isEmpty ? "they are missing" : "also \(surplus.joined(separator: ", "))"))
    }
    return log.checks
  }
}
