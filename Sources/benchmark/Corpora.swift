import Diagnostics
import Foundation
import PostgresSyntax

/// Folders of migrations, made of a fixture: each copy in a schema of its own, a few statements to a file.
struct Corpora {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "schemacheck-benchmark-\(getpid())")
  /// The statements of the fixture, a file's worth each.
  private let parts: [String]

  init(fixtures: String) throws {
    let paths = ["\(fixtures)/baseline.sql"] + files(below: "\(fixtures)/migrations")
    var parts: [String] = []
    for path in paths {
      let file = SourceFile(path: path, bytes: Array(try Data(contentsOf: URL(filePath: path))))
      var part = ""
      for statement in parse(file).statements {
        let text = file.text(statement.range)
        // Roles and extensions belong to all copies.
        if text.uppercased().hasPrefix("CREATE ROLE") || text.uppercased().hasPrefix("CREATE EXTENSION") { continue }
        if !part.isEmpty, part.utf8.count + text.utf8.count > 1_400 {
          parts.append(part)
          part = ""
        }
        part += text + ";\n\n"
      }
      if !part.isEmpty { parts.append(part) }
    }
    self.parts = parts
  }

  /// A folder with about as many bytes of migrations.
  func folder(bytes: Int) throws -> String {
    let path = folder.appending(path: "\(bytes)")
    try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
    let first = "CREATE ROLE credilinq_app;\nCREATE EXTENSION \"uuid-ossp\" SCHEMA public;\n"
    try first.write(to: path.appending(path: "000000_first.sql"), atomically: false, encoding: .utf8)
    var total = 0
    var number = 0
    while total < bytes {
      let schema = "copy_\(number / parts.count)"
      let create = number % parts.count == 0 ? "CREATE SCHEMA \(schema);\n" : ""
      let text = "\(create)SET search_path = \(schema), public;\n\n\(parts[number % parts.count])"
      number += 1
      let name = String(repeating: "0", count: max(0, 6 - String(number).count)) + "\(number)_part.sql"
      try text.write(to: path.appending(path: name), atomically: false, encoding: .utf8)
      total += text.utf8.count
    }
    return path.path
  }

  /// One file of about five kilobytes.
  func oneFile() throws -> String {
    let path = folder.appending(path: "one.sql")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var text = ""
    for part in parts where text.utf8.count < 4_500 { text += part }
    try text.write(to: path, atomically: false, encoding: .utf8)
    return path.path
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}
