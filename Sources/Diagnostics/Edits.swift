extension Sequence<Fix.Edit> {
  /// The bytes with the edits made, those at one place in the order given. An edit that overlaps an earlier one is left
  /// out.
  ///
  /// - Parameter start: the offset in the file at which `bytes` begins.
  public func apply(to bytes: some Sequence<UInt8>, startingAt start: Int = 0) -> [UInt8] {
    let bytes = Array(bytes)
    var result: [UInt8] = []
    var position = 0
    let ordered = enumerated().sorted {
      ($0.element.range.start.offset, $0.offset) < ($1.element.range.start.offset, $1.offset)
    }
    for (_, edit) in ordered {
      let range = edit.range.bytes.lowerBound - start..<edit.range.bytes.upperBound - start
      guard range.lowerBound >= position, range.upperBound <= bytes.count else { continue }
      result += bytes[position..<range.lowerBound]
      result += Array(edit.replacement.utf8)
      position = range.upperBound
    }
    return result + bytes[position...]
  }
}
