import Diagnostics

/// The result as JUnit XML: a suite for each file with findings and for each stage of checks. Errors and warnings are
/// failures, advice is text.
///
/// Source: the schema that Jenkins, GitLab and GitHub Actions read (junit-10.xsd of the Jenkins xUnit plugin).
func junitReport(_ result: RunResult) -> String {
  var suites = findingSuites(result)
  for stage in result.checks.map(\.stage).unique {
    suites.append(Suite(name: stage, cases: result.checks.filter { $0.stage == stage }.map { Case($0) }))
  }
  if suites.isEmpty {
    suites.append(Suite(name: result.command, cases: [Case(name: "no findings", className: result.command)]))
  }
  let tests = suites.reduce(0) { $0 + $1.cases.count }
  let failures = suites.reduce(0) { $0 + $1.failures }
  var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  text += "<testsuites name=\"schemacheck \(result.command)\" tests=\"\(tests)\" failures=\"\(failures)\">\n"
  for suite in suites { text += suite.xml }
  return text + "</testsuites>\n"
}

private func findingSuites(_ result: RunResult) -> [Suite] {
  result.diagnostics.map(\.range.path).unique.map { path in
    Suite(name: path, cases: result.diagnostics.filter { $0.range.path == path }.map { Case($0) })
  }
}

private struct Suite {
  var name: String
  var cases: [Case]

  var failures: Int { cases.count { $0.failure != nil } }

  var xml: String {
    let skipped = cases.count { $0.isSkipped }
    var text =
      "  <testsuite name=\"\(name.xmlEscaped)\" tests=\"\(cases.count)\" failures=\"\(failures)\" skipped=\"\(skipped)\">\n"
    for item in cases { text += item.xml }
    return text + "  </testsuite>\n"
  }
}

private struct Case {
  var name: String
  var className: String
  var seconds: Double?
  var failure: (type: String, message: String, text: String)?
  var isSkipped = false
  var output: String?

  init(name: String, className: String) {
    self.name = name
    self.className = className
  }

  init(_ diagnostic: Diagnostic) {
    let place = "\(diagnostic.range.start.line):\(diagnostic.range.start.column)"
    name = "\(diagnostic.rule) at \(place)"
    className = diagnostic.range.path
    let text = "\(diagnostic.range.path):\(place)\n\(diagnostic.wholeText)"
    if diagnostic.severity == .info {
      output = text
    } else {
      failure = (diagnostic.severity.rawValue, diagnostic.message, text)
    }
  }

  init(_ check: CheckResult) {
    name = check.id
    className = check.stage
    seconds = check.durationMs / 1000
    isSkipped = check.status == .skipped
    guard check.status == .failed || check.status == .errored else { return }
    let details = [
      check.expected.map { "expected: \($0)" }, check.actual.map { "actual: \($0)" },
      check.sqlState.map { "SQLSTATE \($0)" },
      check.repro,
    ]
    failure = (check.status.rawValue, check.message, details.compactMap { $0 }.joined(separator: "\n"))
  }

  var xml: String {
    var text = "    <testcase name=\"\(name.xmlEscaped)\" classname=\"\(className.xmlEscaped)\""
    if let seconds { text += " time=\"\((seconds * 1000).rounded() / 1000)\"" }
    var inner = ""
    if let failure {
      inner +=
        "      <failure type=\"\(failure.type)\" message=\"\(failure.message.xmlEscaped)\">\(failure.text.xmlEscaped)</failure>\n"
    }
    if isSkipped { inner += "      <skipped/>\n" }
    if let output { inner += "      <system-out>\(output.xmlEscaped)</system-out>\n" }
    return text + (inner.isEmpty ? "/>\n" : ">\n\(inner)    </testcase>\n")
  }
}

extension String {
  /// The text as XML writes it; characters that XML has no way to write become U+FFFD (XML 1.0, section 2.2).
  fileprivate var xmlEscaped: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Array where Element: Hashable {
  /// Each element once, in the order of its first place.
  var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
