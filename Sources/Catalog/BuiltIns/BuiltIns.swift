import PostgresSyntax
import Synchronization

/// What a server has before anyone creates anything, and what extensions bring. Exported by `ci/export-catalog`, which
/// says what the columns are.
///
/// The lines are sorted by kind and name and read where they are: most runs look up little. What was looked up is kept.
final class BuiltIns: Sendable {
  static let shared = BuiltIns(Array((embeddedTexts["Data/builtins.tsv"] ?? "").utf8))

  private let table: [UInt8]
  private let functions = Mutex<[String: [Function]]>([:])
  private let operators = Mutex<[String: Operators]>([:])
  private let relations = Mutex<[String: [BuiltInRelation]]>([:])
  private let lines = Mutex<[String: [Line]]>([:])

  init(_ table: [UInt8]) {
    self.table = table
  }

  /// One line; its fields are between tabs.
  struct Line: Sendable {
    fileprivate let table: [UInt8]
    fileprivate let range: Range<Int>

    subscript(index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

    func number(_ index: Int) -> Int32 { Self.number(bytes(index)) }
    func oid(_ index: Int) -> OID { OID(number(index)) }
    func oids(_ index: Int) -> [OID] {
      bytes(index).split(separator: UInt8(ascii: ",")).map { OID(Self.number($0)) }
    }
    /// `a:23,b:25`
    func pairs(_ index: Int) -> [(name: String, type: OID)] {
      bytes(index).split(separator: UInt8(ascii: ",")).map { pair in
        let colon = pair.lastIndex(of: UInt8(ascii: ":")) ?? pair.startIndex
        return (String(decoding: pair[..<colon], as: UTF8.self), OID(Self.number(pair[(colon + 1)...])))
      }
    }

    private func bytes(_ index: Int) -> ArraySlice<UInt8> {
      var start = range.lowerBound
      var remaining = index
      var end = start
      while true {
        end = start
        while end < range.upperBound, table[end] != UInt8(ascii: "\t") { end += 1 }
        if remaining == 0 { return table[start..<end] }
        guard end < range.upperBound else { return [] }
        remaining -= 1
        start = end + 1
      }
    }

    /// 0 where it isn't one.
    private static func number(_ text: ArraySlice<UInt8>) -> Int32 {
      let isNegative = text.first == UInt8(ascii: "-")
      var value: Int32 = 0
      for byte in isNegative ? text.dropFirst() : text {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return 0 }
        value = value &* 10 &+ Int32(byte - UInt8(ascii: "0"))
      }
      return isNegative ? -value : value
    }
  }

  /// The lines of a kind and name.
  func lines(_ kind: Character, _ name: String) -> [Line] {
    let key = "\(kind)\t\(name)\t"
    return lines.withLock { cache in
      if let known = cache[key] { return known }
      let found = find(Array(key.utf8))
      cache[key] = found
      return found
    }
  }

  /// All lines of a kind whose names begin with a text.
  func lines(_ kind: Character, startingWith prefix: String = "") -> [Line] {
    find(Array("\(kind)\t\(prefix)".utf8))
  }

  func functions(named name: String) -> [Function] {
    functions.withLock { cache in
      if let known = cache[name] { return known }
      let found = find(Array("f\t\(name)\t".utf8)).map(Function.init)
      cache[name] = found
      return found
    }
  }

  /// The operators of a name.
  struct Operators: Sendable {
    var all: [Operator]
    /// The extensions that bring some of them.
    var extensions: Set<String>
  }

  func operators(named name: String) -> Operators {
    operators.withLock { cache in
      if let known = cache[name] { return known }
      let all = find(Array("o\t\(name)\t".utf8)).map(Operator.init)
      let found = Operators(all: all, extensions: Set(all.map(\.extension)).subtracting([""]))
      cache[name] = found
      return found
    }
  }

  func relations(named name: String) -> [BuiltInRelation] {
    relations.withLock { cache in
      if let known = cache[name] { return known }
      let found = find(Array("r\t\(name)\t".utf8)).map(BuiltInRelation.init)
      cache[name] = found
      return found
    }
  }

  private func find(_ key: [UInt8]) -> [Line] {
    var position = firstLine(notBefore: key)
    var found: [Line] = []
    while position < table.count, table[position...].starts(with: key) {
      let end = lineEnd(position)
      found.append(Line(table: table, range: position..<end))
      position = end + 1
    }
    return found
  }

  private func firstLine(notBefore key: [UInt8]) -> Int {
    var low = 0
    var high = table.count
    while low < high {
      let middle = lineStart((low + high) / 2)
      if table[middle..<lineEnd(middle)].lexicographicallyPrecedes(key) {
        low = lineEnd(middle) + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private func lineStart(_ offset: Int) -> Int {
    var offset = offset
    while offset > 0, table[offset - 1] != UInt8(ascii: "\n") { offset -= 1 }
    return offset
  }

  private func lineEnd(_ offset: Int) -> Int {
    var offset = offset
    while offset < table.count, table[offset] != UInt8(ascii: "\n") { offset += 1 }
    return offset
  }
}

/// A table or view of the server or of an extension.
struct BuiltInRelation: Sendable {
  var name: String
  var `extension`: String
  var schema: String
  /// As in `pg_class.relkind`.
  var kind: String
  var columns: [(name: String, type: OID)]

  init(_ line: BuiltIns.Line) {
    name = line[1]
    `extension` = line[2]
    schema = line[3]
    kind = line[4]
    columns = line.pairs(5)
  }
}

/// A function, procedure, aggregate or window function, in the form in which calls are resolved.
struct Function: Sendable {
  enum Kind: Sendable { case function, procedure, aggregate, window }

  var name: String
  /// Empty for the server's own and for what migrations create.
  var `extension`: String
  var schema: String
  var kind: Kind
  var returnsSet: Bool
  var result: OID
  /// The element type of a variadic function's last argument; 0 for others.
  var variadic: OID
  var defaults: Int
  var arguments: [OID]
  /// The columns of OUT arguments and `RETURNS TABLE`.
  var output: [(name: String, type: OID)]
  var argumentNames: [String]
  var volatility: Volatility
  var isStrict: Bool
  /// Whether it is in SQL, so that its body may take the place of a call.
  var isInlined = false
  /// The number of direct arguments of an ordered-set aggregate; nil for others.
  var directArguments: Int?
  /// A created function's object; nil for others.
  var oid: OID?

  init(_ line: BuiltIns.Line) {
    name = line[1]
    `extension` = line[2]
    schema = line[3]
    kind =
      switch line[4] {
      case "p": .procedure
      case "a": .aggregate
      case "w": .window
      default: .function
      }
    returnsSet = line[5] == "s"
    result = line.oid(6)
    variadic = line.oid(7)
    defaults = Int(line.number(8))
    arguments = line.oids(9)
    output = line.pairs(10)
    argumentNames = line[11].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    volatility = Volatility(code: line[12])
    isStrict = line[13] == "x"
    directArguments = Int(line[14])
    oid = nil
  }

  init(_ routine: Routine) {
    name = routine.name.name
    `extension` = ""
    schema = routine.name.schema ?? ""
    kind = routine.kind
    returnsSet = routine.returnsSet
    result = routine.result
    variadic = routine.variadic
    defaults = routine.defaults
    arguments = routine.arguments
    output = routine.output
    argumentNames = routine.argumentNames
    volatility = routine.volatility
    isStrict = routine.definition.isStrict
    isInlined = routine.definition.body?.language == "sql"
    directArguments = routine.directArguments
    oid = routine.oid
  }
}

public enum Volatility: String, Hashable, Comparable, Sendable {
  case immutable, stable, volatile

  init(code: String) {
    self =
      switch code {
      case "i": .immutable
      case "s": .stable
      default: .volatile
      }
  }

  private var rank: Int { self == .immutable ? 0 : self == .stable ? 1 : 2 }
  public static func < (a: Volatility, b: Volatility) -> Bool { a.rank < b.rank }
}

/// An operator, in the form in which expressions are resolved. `left` is 0 for a prefix operator.
struct Operator: Sendable {
  var name: String
  var `extension`: String
  var schema: String
  var left: OID
  var right: OID
  var result: OID
  var function: String
  var oid: OID?

  init(_ line: BuiltIns.Line) {
    name = line[1]
    `extension` = line[2]
    schema = line[3]
    left = line.oid(4)
    right = line.oid(5)
    result = line.oid(6)
    function = line[7]
  }

  init(_ created: UserOperator) {
    name = created.name.name
    `extension` = ""
    schema = created.name.schema ?? ""
    left = created.left
    right = created.right
    result = created.result
    function = ""
    oid = created.oid
  }
}
