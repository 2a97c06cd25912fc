import Diagnostics

/// A migration plan written as a document. Its SQL blocks name their file in a comment or stand under a heading that
/// does; blocks that change nothing are queries.
enum MarkdownPlan: Layout {
  static let name = "markdown"

  static func recognizes(_ files: [SourceFile]) -> Bool {
    files.contains { isMarkdown($0.path) }
  }

  static func isMarkdown(_ path: String) -> Bool {
    let path = path.lowercased()
    return path.hasSuffix(".md") || path.hasSuffix(".markdown")
  }

  /// A document is run as its shell script would run it: statement by statement, going on after errors.
  static func read(_ files: [SourceFile]) -> MigrationSet {
    // Files beside a document are files.
    var set = NumberedFiles.read(files.filter { !isMarkdown($0.path) }, as: name, transactions: .statement)
    set.layout = name
    set.transactions = .statement
    for file in files where isMarkdown(file.path) {
      var last: MarkdownDocument.Purpose?
      for section in MarkdownDocument(file).sections {
        set.add(section, after: last)
        last = section.purpose
      }
    }
    return set
  }
}

extension MigrationSet {
  fileprivate mutating func add(_ section: MarkdownDocument.Section, after last: MarkdownDocument.Purpose?) {
    switch section.purpose {
    case .query: queries.append(section.script)
    case .downAll:
      if last == section.purpose, !fullRollbacks.isEmpty {
        fullRollbacks[fullRollbacks.count - 1].append(section.script)
      } else {
        // Behind the rollbacks of single migrations stand those of all others.
        var scripts = [section.script]
        if case .down = last {
          scripts =
            listedRollbacks.flatMap { version in index(of: version).map { migrations[$0].down } ?? [] } + scripts
        }
        fullRollbacks.append(scripts)
      }
    case .up(let version, let name):
      if let index = index(of: version) {
        migrations[index].up.append(section.script)
      } else {
        migrations.append(Migration(version: version, name: name, up: [section.script]))
      }
    case .down(let version, let name):
      listedRollbacks.append(version)
      if let index = index(of: version) {
        migrations[index].down.append(section.script)
      } else {
        migrations.append(Migration(version: version, name: name, down: [section.script]))
      }
    }
  }

  private func index(of version: String) -> Int? {
    migrations.firstIndex { Version($0.version) == Version(version) }
  }
}
