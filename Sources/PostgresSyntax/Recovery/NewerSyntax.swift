import Diagnostics

extension KnownForm {
  /// Syntax that later versions accept.
  ///
  /// Source: release notes of PostgreSQL 16 to 19 (PostgreSQL documentation, appendix E).
  static let newer: [KnownForm] = [
    KnownForm(
      .newer(16), "a subquery without an alias", "< @group >", .reading("$1 AS unnamed_$#"),
      message: "in FROM must have an alias"),
    KnownForm(
      .newer(16), "statistics without a name", in: "create statistics", "statistics < on >", .reading("unnamed_$# ON")),
    KnownForm(.newer(16), "STORAGE in CREATE TABLE", in: "create table", "storage @name", .reading(" ")),
    KnownForm(
      .newer(16), "IS JSON", "is not? json value|array|object|scalar? with|without? unique? keys?",
      .reading("IS NOT NULL")),
    KnownForm(.newer(16), "GRANT WITH $2", in: "grant", "with inherit|set|admin @rest?", .reading(" ")),
    KnownForm(.newer(16), "$1", "json_object|json_array|json_objectagg|json_arrayagg @group", .reading("'{}'::json")),
    KnownForm(.newer(16), "any_value", "any_value @group", .reading("min $2")),
    KnownForm(.newer(17), "$1", "json_query|json_serialize|json_scalar|json @group", .reading("'{}'::jsonb")),
    KnownForm(.newer(17), "$1", "json_value @group", .reading("''::text")),
    KnownForm(.newer(17), "$1", "json_exists @group", .reading("true")),
    KnownForm(.newer(17), "MERGE with RETURNING", in: "merge", "returning @rest", .reading(" ")),
    KnownForm(.newer(17), "MERGE with RETURNING", in: "with", "merge returning @rest", .reading(" ")),
    KnownForm(.newer(17), "WHEN NOT MATCHED BY SOURCE", "when not matched by source", .reading("WHEN MATCHED")),
    KnownForm(.newer(17), "WHEN NOT MATCHED BY TARGET", "matched < by target >", .reading(" ")),
    KnownForm(.newer(17), "AT LOCAL", "at local", .reading("AT TIME ZONE 'UTC'")),
    KnownForm(
      .newer(17), "SET EXPRESSION", in: "alter table", "set expression as @group", .reading("SET STATISTICS -1")),
    KnownForm(.newer(18), "a virtual generated column", "generated always as @group < virtual >", .reading("STORED")),
    KnownForm(
      .newer(18), "a generated column that is not STORED", in: "create table", "generated always as < @group > @any",
      .reading("$4 STORED")),
    KnownForm(
      .newer(18), "a generated column that is not STORED", in: "alter table", "generated always as @group",
      .reading("GENERATED ALWAYS AS $4 STORED")),
    KnownForm(
      .newer(18), "a named NOT NULL constraint", in: "alter table",
      "< add constraint @name not null @name not? valid? no? inherit? >", .reading("ALTER COLUMN $6 SET NOT NULL")),
    KnownForm(
      .newer(18), "a named NOT NULL constraint", in: "create table", "constraint @name not null @name no? inherit?",
      .reading("CONSTRAINT $2 CHECK ($5 IS NOT NULL)")),
    KnownForm(
      .newer(18), "NOT NULL as a table constraint", in: "alter table", "add not null @name not? valid? no? inherit?",
      .reading("ALTER COLUMN $4 SET NOT NULL")),
    KnownForm(
      .newer(18), "NOT NULL as a table constraint", in: "create table", ", < not null @name >",
      .reading("CHECK ($4 IS NOT NULL)")),
    KnownForm(.newer(18), "WITHOUT OVERLAPS", "without overlaps", .reading(" ")),
    KnownForm(.newer(18), "PERIOD in a foreign key", ", < period > @name )", .reading(" ")),
    KnownForm(.newer(18), "NOT ENFORCED", "not enforced", .reading(" ")),
    KnownForm(.newer(18), "ENFORCED", "enforced", .reading(" ")),
    KnownForm(
      .newer(18), "ALTER CONSTRAINT with INHERIT", in: "alter table", "alter constraint @name no|set? inherit",
      .reading("ALTER CONSTRAINT $3")),
    KnownForm(.newer(18), "RETURNING WITH", "returning < with @group >", .reading(" ")),
    KnownForm(
      .newer(19), "CREATE PROPERTY GRAPH", in: "create", "create or? replace? property graph @rest",
      .reading("SELECT 1")),
    KnownForm(.newer(19), "GRAPH_TABLE", "graph_table @group", .reading("(SELECT 1)")),
    KnownForm(.newer(19), "FOR PORTION OF", "for portion of @name from @any @group? to @any @group?", .reading(" ")),
    KnownForm(.newer(19), "FOR PORTION OF", "for portion of @name @group", .reading(" ")),
    KnownForm(.newer(19), "ON CONFLICT DO SELECT", "do select", .reading("DO NOTHING")),
    KnownForm(.newer(19), "$1 PARTITION", in: "alter table", "split|merge partition|partitions @rest", .none),
  ]
}

extension BrokenStatement {
  /// `1_000`, `0x1F`, `0o17`, `0b101`
  func newerNumber() -> Repair? {
    guard message.contains("trailing junk after numeric literal") else { return nil }
    let index = tokens[place].kind == .number ? place : place - 1
    guard tokens.indices.contains(index), tokens[index].kind == .number else { return nil }
    // The whole literal, whatever the lexer makes of it.
    let start = tokens[index].range.lowerBound
    let end = file.bytes[start..<range.upperBound].firstIndex(where: { !$0.continuesWord }) ?? range.upperBound
    let digits = file.text(start..<end).filter { $0 != "_" }.lowercased()
    let radix = ["0x": 16, "0o": 8, "0b": 2][String(digits.prefix(2))]
    guard let value = radix.map({ Int(digits.dropFirst(2), radix: $0) }) ?? Int(digits),
      radix != nil || file.text(start..<end).contains("_")
    else { return nil }
    return Repair(
      cause: .newer(construct: "a number written as \(file.text(start..<end))", version: 16), range: start..<end,
      edits: [Substitution(range: start..<end, text: String(value))])
  }

  /// `JSON_TABLE (…, … COLUMNS (…))` becomes a subquery with its columns.
  func jsonTable() -> Repair? {
    guard let table = words[...place].lastIndex(of: "json_table"), isPunctuation("(", at: table + 1),
      let end = closing(table + 1)
    else { return nil }
    var columns: [String] = []
    for index in table..<end where word(at: index) == "columns" && isPunctuation("(", at: index + 1) {
      columns += jsonColumns(index + 2)
    }
    let alias =
      word(at: end + 1) == "as" || tokens.indices.contains(end + 1) && tokens[end + 1].kind == .word
      ? "" : " AS json_table"
    return Repair(
      cause: .newer(construct: "JSON_TABLE", version: 17), range: tokens[table].range,
      edits: [
        Substitution(range: span(table..<end + 1), text: "(SELECT \(columns.joined(separator: ", ")))\(alias)")
      ])
  }

  /// The columns of a COLUMNS clause, those of nested ones left out.
  private func jsonColumns(_ start: Int) -> [String] {
    var columns: [String] = []
    var index = start
    var depth = 0
    var isStart = true
    while index < tokens.count, depth >= 0 {
      if isStart, word(at: index) != "nested" {
        var end = index + 2
        if isPunctuation("(", at: end), let close = closing(end) { end = close + 1 }
        while isPunctuation("[", at: end) || isPunctuation("]", at: end) { end += 1 }
        let type = word(at: index + 1) == "for" ? "integer" : file.text(span(index + 1..<end))
        columns.append("NULL::\(type) AS \(text(at: index))")
      }
      isStart = isPunctuation(",", at: index) && depth == 0
      if isPunctuation("(", at: index) { depth += 1 }
      if isPunctuation(")", at: index) { depth -= 1 }
      index += 1
    }
    return columns
  }
}
