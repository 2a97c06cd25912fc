import Foundation
import Synchronization
import TestSupport
import Testing

/// Breaks the corrected systems one place at a time: `lint` or `verify` must notice.
@Suite struct MutationTests: CommandSuite {
  let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// One change to one file of a system.
  struct Mutation: Sendable, CustomStringConvertible {
    var system: String
    var file: String
    var kind: String
    var range: Range<Int>
    var replacement: String
    var excerpt: String

    var description: String { "\(system)/\(file): \(kind): \(excerpt)" }
  }

  @Test func whateverIsTakenAwayIsMissed() throws {
    let mutations = try systems.flatMap(sample)
    #expect(mutations.count >= 60)
    let survivors = Mutex<[String]>([])
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      while true {
        let index = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard index < mutations.count else { return }
        let mutation = mutations[index]
        do {
          if try !isNoticed(mutation, number: index) { survivors.withLock { $0.append("\(mutation)") } }
        } catch { survivors.withLock { $0.append("\(mutation): \(error)") } }
      }
    }
    let left = survivors.withLock { $0 }.sorted()
    print("mutations: \(mutations.count - left.count) of \(mutations.count) noticed")
    for survivor in left { print("survived: \(survivor)") }
    #expect(Double(left.count) <= 0.05 * Double(mutations.count), "\(left.joined(separator: "\n"))")
  }

  private func isNoticed(_ mutation: Mutation, number: Int) throws -> Bool {
    let copy = folder.appending(path: "mutant-\(number)")
    try FileManager.default.copyItem(at: repository.appending(path: "Fixtures/\(mutation.system)"), to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    let file = copy.appending(path: mutation.file)
    var bytes = Array(try Data(contentsOf: file))
    bytes.replaceSubrange(mutation.range, with: Array(mutation.replacement.utf8))
    try Data(bytes).write(to: file)
    if ProcessInfo.processInfo.environment["MUTATE_WITHOUT_SNAPSHOT"] != nil {
      let configuration = copy.appending(path: "schemacheck.yml")
      let text = try String(contentsOf: configuration, encoding: .utf8).replacing("snapshot: schema.txt\n", with: "")
      try text.write(to: configuration, atomically: true, encoding: .utf8)
    }
    let lint = try run(["lint", "--fail-on", "info"], in: copy)
    if lint.status != 0 { return true }
    return try run(["verify", "--fail-on", "info", "--jobs", "1"], in: copy).status == 1
  }

  // MARK: What is broken

  /// Fourteen or so changes to a system, spread over all that can be changed.
  private func sample(_ system: String) throws -> [Mutation] {
    let all = try ["migrations", "rollbacks"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(
        atPath: repository.appending(path: "Fixtures/\(system)/\(folder)").path
      ).sorted().flatMap { try mutations(of: "\(folder)/\($0)", system) }
    }
    var chosen: [Mutation] = []
    for (_, group) in Dictionary(grouping: all, by: \.kind).sorted(by: { $0.key < $1.key }) {
      let step = max(1, group.count / 2)
      chosen += stride(from: 0, to: group.count, by: step).map { group[$0] }
    }
    return chosen
  }

  /// What is looked for in the text of a file, and what is put in its place.
  private static let patterns: [(kind: String, pattern: String, replacement: String)] = [
    ("policy dropped", #"(?s)create policy [^;]*;"#, ""),
    ("policy widened", #"using \([^\n]*\)(?=\n|;)"#, "using (true)"),
    ("check removed", #"(?:constraint \w+ )?check \((?:[^()]|\([^()]*\))*\)"#, ""),
    ("not null removed", #" not null(?= default|,)"#, ""),
    ("index dropped", #"(?s)create index [^;]*;"#, ""),
    ("uniqueness removed", #" unique(?= not null|,)"#, ""),
    ("action changed", #" on delete cascade"#, ""),
    ("trigger dropped", #"(?s)create trigger [^;]*;"#, ""),
    ("grant removed", #"grant [^;]*;"#, ""),
    ("row security off", #"alter table \w+ (?:enable|force) row level security;"#, ""),
    ("invoker's rights lost", #" with \(security_invoker = true\)"#, ""),
    ("default changed", #"default 0(?=[,\s])"#, "default 1"),
    ("comment lost", #"comment on [^;]*;"#, ""),
  ]

  private func mutations(of file: String, _ system: String) throws -> [Mutation] {
    let text = try String(contentsOf: repository.appending(path: "Fixtures/\(system)/\(file)"), encoding: .utf8)
    let isRollback = file.hasPrefix("rollbacks/")
    let patterns =
      isRollback
      ? [
        (
          kind: "rollback statement removed", pattern: #"(?m)^(?:drop|alter|delete|update|revoke)[^;]*;"#,
          replacement: ""
        )
      ]
      : Self.patterns
    return try patterns.flatMap { kind, pattern, replacement in
      try NSRegularExpression(pattern: pattern, options: [.caseInsensitive])
        .matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
          guard let range = Range(match.range, in: text) else { return nil }
          let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
          let excerpt = text[range].split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(70)
          return Mutation(
            system: system, file: file, kind: kind, range: start..<start + text[range].utf8.count,
            replacement: replacement,
            excerpt: String(excerpt))
        }
    }
  }
}
