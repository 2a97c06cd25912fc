import Foundation

// embed rules OUTPUT ROOT FILE…   the registry of rules and their pages
// embed texts OUTPUT ROOT FILE…   text files by their path below ROOT

let arguments = CommandLine.arguments
guard arguments.count >= 4 else { fail("usage: embed rules|texts OUTPUT ROOT FILE…") }
let files = arguments.dropFirst(4).map { URL(filePath: $0) }

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("error: \(message)\n".utf8))
  exit(1)
}

func literal(_ text: String) -> String {
  var fence = "#"
  while text.contains("\"\"\"\(fence)") { fence += "#" }
  return "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)"
}

func contents(_ file: URL) throws -> String {
  do { return try String(contentsOf: file, encoding: .utf8) } catch { fail("\(file.path) is not UTF-8 text") }
}

func typeName(_ id: String) -> String { id.split(separator: "-").map(\.capitalized).joined() }

func ruleRegistry() throws -> String {
  let pages = files.filter { $0.pathExtension == "md" && $0.lastPathComponent != "README.md" }
  let ids = pages.map { $0.deletingPathExtension().lastPathComponent }
  let types = files.filter { $0.pathExtension == "swift" }.map { $0.deletingPathExtension().lastPathComponent }
  for type in Set(types).subtracting(ids.map(typeName)).sorted() {
    fail("Sources/Rules/Rules/\(type).swift has no page in rules/")
  }
  let queries = files.filter { $0.pathExtension == "sql" }
  let live = queries.map { $0.deletingPathExtension().lastPathComponent }
  for id in live where !ids.contains(id) { fail("rules/\(id).sql has no page: rules/\(id).md is missing") }
  for id in ids where !types.contains(typeName(id)) && !live.contains(id) {
    fail(
      "rules/\(id).md has no rule: Sources/Rules/Rules/\(typeName(id)).swift is missing, and so is the live check rules/\(id).sql"
    )
  }
  var swift = "/// Every rule, in the order of its id.\npublic let allRules: [any Rule.Type] = ["
  for id in ids where types.contains(typeName(id)) { swift += "\n  \(typeName(id)).self," }
  swift += "\n]\n\n/// The page of every rule, by id.\npublic let rulePages: [String: String] = ["
  for (id, page) in zip(ids, pages) { swift += "\n  \"\(id)\": \(literal(try contents(page)))," }
  swift += ids.isEmpty ? ":]\n" : "\n]\n"
  swift += "\n/// The query of every live check, by id.\npublic let liveQueries: [String: String] = ["
  for (id, query) in zip(live, queries) { swift += "\n  \"\(id)\": \(literal(try contents(query)))," }
  return swift + (live.isEmpty ? ":]\n" : "\n]\n")
}

func textTable() throws -> String {
  let root = URL(filePath: arguments[3]).path + "/"
  var swift = "/// The target's text files, by their path below its folder.\nlet embeddedTexts: [String: String] = ["
  for file in files {
    let path = file.path.hasPrefix(root) ? String(file.path.dropFirst(root.count)) : file.lastPathComponent
    swift += "\n  \"\(path)\": \(literal(try contents(file))),"
  }
  return swift + (files.isEmpty ? ":]\n" : "\n]\n")
}

let swift = arguments[1] == "rules" ? try ruleRegistry() : try textTable()
try swift.write(toFile: arguments[2], atomically: true, encoding: .utf8)
