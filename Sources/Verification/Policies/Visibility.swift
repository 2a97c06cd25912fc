import PostgresSyntax

/// What policies for reading say of who may see the rows of a table.
struct Visibility {
  /// The condition of the rows that everybody may see; nil where there are none.
  var open: String?
  /// The conditions under which somebody may see all rows.
  var rights: [String] = []
  /// Whether some policy shows rows to whoever they name.
  var isByName = false

  init() {}

  /// - Parameters:
  ///   - policies: those for reading that are for the identity.
  ///   - isDeliberate: whether a condition that doesn't ask who asks is meant to show rows to all.
  init(
    _ policies: [LivePolicy], _ ownership: Ownership, _ reading: PolicyReading,
    isDeliberate: (_ condition: String) throws -> Bool
  ) rethrows {
    let deparser = Deparser()
    var open: [String] = []
    for policy in policies where policy.isPermissive {
      for way in reading.ways([policy], ownership.table) {
        switch way {
        case .owned(let columns):
          isByName =
            isByName
            || columns.contains { reading.compared.contains(TableColumn(table: ownership.table.oid, name: $0)) }
        case .privileged(let condition): rights.append(deparser.text(condition))
        case .open(let condition):
          let text = deparser.text(condition)
          if policy.command == "SELECT", try isDeliberate(text) { open.append("(\(text))") }
        }
      }
    }
    self.open = open.isEmpty ? nil : open.joined(separator: " OR ")
  }
}
