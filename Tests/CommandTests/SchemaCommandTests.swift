import Foundation
import Testing

/// `schemacheck schema`.
@Suite struct SchemaCommandTests: CommandSuite {
  let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    try write("create table users (id bigint primary key, email text not null);", "m/1_users.sql")
    try write(
      "create table posts (id int, author bigint references users);\ncreate table users (x int);", "m/2_posts.sql")
  }

  @Test func theSchemaIsPrintedAsSQL() throws {
    let outcome = try run(["schema", "m"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("CREATE TABLE public.users (\n  id bigint NOT NULL,\n  email text NOT NULL,"))
    #expect(outcome.output.contains("FOREIGN KEY (author) REFERENCES public.users (id);"))
  }

  @Test func anEarlierSchemaIsPrinted() throws {
    let outcome = try run(["schema", "m", "--at", "1"])
    #expect(outcome.output.contains("public.users") && !outcome.output.contains("posts"))
    let unknown = try run(["schema", "m", "--at", "3"])
    #expect(unknown.status == 2)
    #expect(unknown.errors == "schemacheck: there is no migration '3'\n")
  }

  @Test func theSchemaIsPrintedAsJSON() throws {
    struct Document: Decodable {
      struct Table: Decodable {
        struct Column: Decodable { var name: String }
        var name: String
        var columns: [Column]
      }
      var relations: [Table]
    }
    let output = try run(["schema", "m", "--format", "json"]).output
    let document = try JSONDecoder().decode(Document.self, from: Data(output.utf8))
    #expect(document.relations.map(\.name).sorted() == ["posts", "users"])
    #expect(document.relations.flatMap(\.columns).map(\.name).sorted() == ["author", "email", "id", "id"])
  }

  @Test func theSchemaIsPrintedAsADiagram() throws {
    let output = try run(["schema", "m", "--format", "mermaid"]).output
    #expect(output.hasPrefix("erDiagram\n"))
    #expect(output.contains("users |o--o{ posts"))
  }

  @Test func theSchemaIsComparedWithAServer() throws {
    let outcome = try run(["schema", "m", "--compare"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("3 statements; 1 rejected because of the schema"))
    #expect(outcome.output.contains("(100.0 %) on PostgreSQL"))
  }

  @Test func wrongUsageIsExplained() throws {
    let format = try run(["schema", "m", "--format", "xml"])
    #expect(format.status == 2)
    #expect(format.errors.contains("there is no format 'xml' here; choose from sql, json, mermaid"))
    #expect(try run(["schema", "m", "--compare", "--server", "postgres:///x"]).status == 2)
    #expect(try run(["schema", "m", "--server", "postgres://localhost:1/x"]).status == 3)
  }
}
