import Catalog
import Diagnostics

extension Comparison {
  /// Whether nothing differs.
  public var isEqual: Bool { mispredictions.isEmpty && onlySimulated.isEmpty && onlyReal.isEmpty }

  /// The comparison for people.
  public var text: String {
    var lines = mispredictions.map { miss in
      "\(miss.range.path):\(miss.range.start.line):\(miss.range.start.column): predicted \(miss.predicted ?? "acceptance"), PostgreSQL says \(miss.actual ?? "acceptance"): \(miss.message)"
    }
    lines += onlySimulated.map { "only in the simulation: \($0)" }
    lines += onlyReal.map { "only in the database: \($0)" }
    if statements > 0 {
      lines.append(
        "\(statements) statements; \(schemaFailures) rejected because of the schema, \(otherFailures) for other reasons; \(predictedFailures) rejections predicted, \(confirmedFailures) of them with the same SQLSTATE (precision \(precision.percent), recall \(recall.percent))"
      )
    }
    lines.append(
      "\(equalObjects) of \(max(simulatedObjects, realObjects)) objects are equal (\(equality.percent)) on PostgreSQL \(postgres)"
    )
    return lines.joined(separator: "\n") + "\n"
  }

  /// The comparison for programs.
  public struct Document: Codable, Sendable {
    public struct Statement: Codable, Sendable {
      public var path: String
      public var line: Int
      public var column: Int
      public var predicted: String?
      public var actual: String?
      public var message: String
    }

    public var postgres: String
    public var statements: Int
    public var schemaFailures: Int
    public var otherFailures: Int
    public var predictedFailures: Int
    public var confirmedFailures: Int
    public var precision: Double
    public var recall: Double
    public var simulatedObjects: Int
    public var realObjects: Int
    public var equalObjects: Int
    public var equality: Double
    public var mispredictions: [Statement]
    public var onlySimulated: [String]
    public var onlyReal: [String]
  }

  public var document: Document {
    Document(
      postgres: postgres, statements: statements, schemaFailures: schemaFailures, otherFailures: otherFailures,
      predictedFailures: predictedFailures, confirmedFailures: confirmedFailures, precision: precision, recall: recall,
      simulatedObjects: simulatedObjects, realObjects: realObjects, equalObjects: equalObjects, equality: equality,
      mispredictions: mispredictions.map {
        .init(
          path: $0.range.path, line: $0.range.start.line, column: $0.range.start.column, predicted: $0.predicted,
          actual: $0.actual, message: $0.message)
      }, onlySimulated: onlySimulated.map(\.description), onlyReal: onlyReal.map(\.description))
  }
}

extension Double {
  /// `99.5 %`, cut rather than rounded up to the whole.
  fileprivate var percent: String {
    let tenths = Int(self * 1000)
    return "\(tenths / 10).\(tenths % 10) %"
  }
}
