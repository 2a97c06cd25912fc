import Diagnostics
import Foundation

/// A file of findings that are not to be reported again: those of a project that begins to use schemacheck.
struct KnownFindings: Codable {
  struct Finding: Codable {
    var fingerprint, rule, path, message: String
  }

  var schemaVersion = 1
  var findings: [Finding]

  init(_ diagnostics: [Diagnostic]) {
    findings = zip(diagnostics, diagnostics.fingerprints).map { diagnostic, fingerprint in
      Finding(
        fingerprint: fingerprint, rule: diagnostic.rule, path: diagnostic.range.path, message: diagnostic.message)
    }
  }

  static func read(_ path: String) throws -> KnownFindings {
    do {
      let known = try JSONDecoder().decode(KnownFindings.self, from: Data(contentsOf: URL(filePath: path)))
      guard known.schemaVersion == 1 else {
        throw Failure(kind: .usage, message: "'\(path)' was written by a later version of schemacheck")
      }
      return known
    } catch let error as CocoaError {
      throw Failure(
        kind: .usage,
        message: "cannot read '\(path)': \(error.localizedDescription); --update-baseline writes it")
    } catch is DecodingError {
      throw Failure(kind: .usage, message: "'\(path)' is no file of findings; --update-baseline writes one")
    }
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(filePath: path)) } catch {
      throw Failure(kind: .usage, message: "cannot write '\(path)': \(error.localizedDescription)")
    }
  }

  /// The findings that are not known yet.
  func new(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    let known = Set(findings.map(\.fingerprint))
    return zip(diagnostics, diagnostics.fingerprints).filter { !known.contains($1) }.map { $0.0 }
  }
}
