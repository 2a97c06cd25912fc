/// Objects that end with a transaction or a session, with everything that depends on them.
///
/// Source: PostgreSQL documentation, CREATE TABLE, "TEMPORARY" and "ON COMMIT".
extension Application {
  /// Takes out the tables that were made `ON COMMIT DROP`.
  mutating func endTransaction() {
    end(catalog.session.endingWithTransaction.sorted().map { Address(.relation, $0) })
    catalog.session.endingWithTransaction = []
  }

  /// Takes out what is temporary, and returns to a new session's settings.
  mutating func endSession() {
    if catalog.session.hasTemporaryObjects { end(members(of: Catalog.temporarySchema)) }
    catalog.session = Catalog.Session(path: catalog.defaultPath)
  }

  private mutating func end(_ addresses: [Address]) {
    drop(addresses, cascade: true, id: ObjectID(.schema, Catalog.temporarySchema), related: nil)
  }
}
