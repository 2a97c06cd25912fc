import Diagnostics
import PostgresSyntax
import Testing

/// Statements that the grammar rejects for a known reason are read on without what it stumbles over.
@Suite struct RecoveryTests {
  static let foreign: [(sql: String, dialect: Dialect, forms: [String])] = [
    (
      "create table t (`id` int(11) unsigned not null auto_increment, key i (id), fulltext key f (id)) engine=x;",
      .mysql,
      [
        "a name in backticks", "a display width", "unsigned", "AUTO_INCREMENT", "an index inside CREATE TABLE",
        "a table option",
      ]
    ),
    (
      "create table t (a varchar(9) character set utf8 comment 'x', unique key u (a(5)), b int on update now());",
      .mysql,
      [
        "CHARACTER SET", "COMMENT inside a definition", "UNIQUE KEY", "a length in a key",
        "ON UPDATE CURRENT_TIMESTAMP",
      ]
    ),
    ("alter table t add column a int after b;", .mysql, ["AFTER column"]),
    ("alter table t change column a b int;", .mysql, ["CHANGE"]),
    ("alter table t drop foreign key f;", .mysql, ["DROP FOREIGN KEY"]),
    ("alter table t add unique index u (a);", .mysql, ["UNIQUE KEY"]),
    ("drop index i on t;", .mysql, ["DROP INDEX … ON"]),
    ("insert ignore into t values (1);", .mysql, ["INSERT IGNORE"]),
    ("replace into t values (1);", .mysql, ["REPLACE INTO"]),
    ("insert into t values (1) on duplicate key update a = 1;", .mysql, ["ON DUPLICATE KEY UPDATE"]),
    ("select 1 from t limit 5, 10;", .mysql, ["LIMIT offset, count"]),
    ("create table t like u;", .mysql, ["CREATE TABLE … LIKE"]),
    (
      "create table [dbo].[t] ([id] int identity(1,1), constraint pk primary key clustered (id asc)) on [primary];",
      .sqlServer, ["a name in brackets", "IDENTITY", "clustered", "an order in a key", "a file group"]
    ),
    ("select top 5 * from t with (nolock);", .sqlServer, ["TOP", "a table hint"]),
    ("alter table t add constraint d default (0) for a;", .sqlServer, ["a default as a constraint"]),
    (
      "create table t (a varchar2(9 byte) not null enable) storage (initial 1);", .oracle,
      ["a length in byte", "enable", "storage options"]
    ),
    ("create sequence s nocache nocycle;", .oracle, ["nocache", "nocycle"]),
    ("select 1 minus select 2;", .oracle, ["MINUS"]),
    (
      "create table t (id integer primary key autoincrement) strict, without rowid;", .sqlite,
      ["AUTOINCREMENT", "WITHOUT ROWID"]
    ),
    ("insert or replace into t values (1);", .sqlite, ["insert or replace"]),
  ]

  @Test(arguments: foreign)
  func formsOfOtherSystemsAreTakenAway(_ sql: String, _ dialect: Dialect, _ forms: [String]) {
    let parsed = parse(SourceFile(path: "x", text: sql))
    let found = parsed.errors.map { error -> String in
      guard case .dialect(let found, let form) = error.cause, found == dialect else { return "\(error.cause)" }
      return form.form
    }
    #expect(found.map { $0.lowercased() } == forms.map { $0.lowercased() })
    #expect(parsed.statements.count == 1)
    #expect(parsed.statements.allSatisfy { $0.repairedCause?.isRejected(by: 99) == true })
    #expect(parsed.errors.allSatisfy { $0.isRecovered })
  }

  @Test(arguments: [
    ("select 1_000, 0xFF;", 16), ("select '{}' is json object;", 16), ("select now() at local;", 17),
    ("select * from json_table('[]', '$[*]' columns (id int path '$.id', n for ordinality)) as j;", 17),
    ("merge into a using b on true when not matched by source then delete;", 17),
    ("alter table t alter column a set expression as (b + 1);", 17),
    ("create table t (a int, foreign key (a, period b) references u (a, period b));", 18),
    ("alter table t add constraint c check (a > 0) not enforced;", 18),
    ("create table t (a int, b int generated always as (a));", 18),
    ("update t set a = 1 returning with (old as o) o.a;", 18),
  ])
  func syntaxOfLaterVersionsIsReadOn(_ sql: String, _ version: Int) {
    let parsed = parse(SourceFile(path: "x", text: sql))
    #expect(parsed.statements.count == 1)
    #expect(parsed.statements.first?.repairedCause?.isRejected(by: version - 1) == true)
    #expect(parsed.statements.first?.repairedCause?.isRejected(by: version) == false)
  }

  /// Nothing but a comma is left where a clause could be.
  @Test(arguments: ["create table t (a int) ,;", "create table t (a int) , ,;", "insert into t set a = ,;"])
  func aCommaAloneIsAnError(_ sql: String) {
    let parsed = parse(SourceFile(path: "x", text: sql))
    #expect(parsed.errors.count == 1)
    #expect(parsed.pieces.count == 1)
  }

  @Test func whatIsReadOnKeepsItsPlaces() throws {
    let file = SourceFile(path: "x", text: "create table `t` (\n  `id` int(11) primary key,\n  total numeric\n);")
    let statement = try #require(parse(file).statements.first)
    guard case .createTable(let table) = statement.action else { throw Failure() }
    #expect(table.table.name.name == "t")
    #expect(table.columns.map(\.name) == ["id", "total"])
    #expect(file.text(table.columns[1].offset..<table.columns[1].offset + 5) == "total")
  }

  @Test func batchesEndWithGo() {
    let file = SourceFile(path: "x", text: "create table a (id int)\nGO\ncreate table b (id int)\ngo\nselect 1;\n")
    let parsed = parse(file)
    #expect(parsed.statements.count == 3)
    #expect(parsed.errors.map { file.text($0.range) } == ["GO", "go"])
  }

  @Test(arguments: ["select from where;", "create tabel t ();", "select go from t where;", "select * from a b c;"])
  func whatNobodyWritesStaysASyntaxError(_ sql: String) {
    let parsed = parse(SourceFile(path: "x", text: sql))
    #expect(parsed.errors.map(\.cause) == [.grammar])
    #expect(parsed.pieces.count == 1)
  }

  struct Failure: Error {}
}
