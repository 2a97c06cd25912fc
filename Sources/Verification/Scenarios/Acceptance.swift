import Diagnostics

/// Turns failures that a project knows of into checks that are skipped, with the project's reason.
struct Acceptance {
  private var accepted: [AcceptedFailure]

  init(_ accepted: [AcceptedFailure]) { self.accepted = accepted }

  /// What is accepted and doesn't fail is reported: the reason is out of date.
  func applied(to checks: [CheckResult]) -> [CheckResult] {
    var used = Set<Int>()
    var result = checks.map { check in
      guard check.status == .failed || check.status == .errored,
        let index = accepted.firstIndex(where: { check.id.matches($0.pattern) })
      else { return check }
      used.insert(index)
      var check = check
      check.status = .skipped
      check.message += " (accepted: \(accepted[index].reason))"
      return check
    }
    for (index, entry) in accepted.enumerated() where !used.contains(index) {
      result.append(
        CheckResult(
          id: "accept/\(entry.pattern)", stage: "accept", subject: entry.pattern, status: .failed,
          message: "nothing fails that '\(entry.pattern)' would accept (\(entry.place))", expected: "a failed check",
          actual: "none"))
    }
    return result
  }
}

extension String {
  /// Whether the text is as the pattern says, in which `*` stands for anything.
  func matches(_ pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, let last = parts.last else { return self == pattern }
    guard hasPrefix(first) else { return false }
    var rest = self[...].dropFirst(first.count)
    for part in parts.dropFirst().dropLast() {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.count >= last.count && rest.hasSuffix(last)
  }
}
