import Glibc

/// The text of one file, addressed by UTF-8 offset and able to say which line and column an offset is.
public final class SourceFile: Sendable {
  /// The path as the user gave it.
  public let path: String
  /// The file's bytes, unchanged.
  public let bytes: [UInt8]
  /// What the runner puts in place of parts of the text before it sends it; sorted, without overlaps.
  public let substitutions: [Substitution]
  /// Why the file could not be read, in which case it has no bytes.
  public let failure: String?
  private let lineStarts: [Int]

  public init(path: String, bytes: [UInt8], substitutions: [Substitution] = [], failure: String? = nil) {
    self.path = path
    self.bytes = bytes
    self.substitutions = substitutions
    self.failure = failure
    var starts = [0]
    bytes.withUnsafeBytes { bytes in
      for offset in bytes.indices where bytes[offset] == UInt8(ascii: "\n") { starts.append(offset + 1) }
    }
    lineStarts = starts
  }

  /// The same text with other substitutions.
  private init(_ file: SourceFile, substitutions: [Substitution]) {
    path = file.path
    bytes = file.bytes
    self.substitutions = substitutions
    failure = file.failure
    lineStarts = file.lineStarts
  }

  public convenience init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// The line, column and offset of a byte offset. Offsets past the end are the end.
  public func position(at offset: Int) -> SourcePosition {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let before = bytes[lineStarts[low]..<offset]
    return SourcePosition(line: low + 1, column: codePoints(in: before) + 1, offset: offset)
  }

  public func range(_ bytes: Range<Int>) -> SourceRange {
    SourceRange(path: path, start: position(at: bytes.lowerBound), end: position(at: bytes.upperBound))
  }

  /// The text of a line, counted from 1, without its line end.
  public func line(_ number: Int) -> String? {
    guard number >= 1, number <= lineStarts.count else { return nil }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
  }

  /// Where some bytes next stand, from an offset on.
  public func firstRange(of needle: [UInt8], from offset: Int = 0) -> Range<Int>? {
    firstRange(of: needle, in: offset..<max(offset, bytes.count))
  }

  /// Whether a text stands somewhere in a range.
  public func contains(_ text: String, in range: Range<Int>) -> Bool {
    firstRange(of: Array(text.utf8), in: range) != nil
  }

  private func firstRange(of needle: [UInt8], in range: Range<Int>) -> Range<Int>? {
    let start = bytes.withUnsafeBytes { bytes in bytes[range.clamped(to: 0..<bytes.count)].offset(of: needle) }
    return start.map { range.lowerBound + $0..<range.lowerBound + $0 + needle.count }
  }

  public func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  /// The file with substitutions.
  public func substituting(_ substitutions: [Substitution]) -> SourceFile {
    SourceFile(self, substitutions: substitutions)
  }

  /// The text as the server gets it: with what the runner puts in place of placeholders.
  public func sql(_ range: Range<Int>) -> String {
    let inside = substitutions.filter {
      range.lowerBound <= $0.range.lowerBound && $0.range.upperBound <= range.upperBound
    }
    guard !inside.isEmpty else { return text(range) }
    var result = ""
    var place = range.lowerBound
    for substitution in inside {
      result += text(place..<substitution.range.lowerBound) + substitution.text
      place = substitution.range.upperBound
    }
    return result + text(place..<range.upperBound)
  }

  /// Continuation bytes of UTF-8 don't start a code point.
  private func codePoints(in bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 & 0b1100_0000 != 0b1000_0000 }
  }
}

/// Text that takes the place of a stretch of a file.
public struct Substitution: Hashable, Sendable {
  public var range: Range<Int>
  public var text: String

  public init(range: Range<Int>, text: String) {
    self.range = range
    self.text = text
  }
}

/// A place in a file: line and column count from 1 (columns in Unicode code points), the offset is UTF-8 bytes from 0.
public struct SourcePosition: Hashable, Comparable, Codable, Sendable {
  public var line: Int
  public var column: Int
  public var offset: Int

  public init(line: Int, column: Int, offset: Int) {
    self.line = line
    self.column = column
    self.offset = offset
  }

  public static func < (a: SourcePosition, b: SourcePosition) -> Bool { a.offset < b.offset }
}

/// A half-open stretch of one file.
public struct SourceRange: Hashable, Sendable {
  public var path: String
  public var start: SourcePosition
  public var end: SourcePosition

  public init(path: String, start: SourcePosition, end: SourcePosition) {
    self.path = path
    self.start = start
    self.end = end
  }

  public var bytes: Range<Int> { start.offset..<max(start.offset, end.offset) }
}

extension String {
  /// Whether a text stands somewhere in this one, byte by byte: many times faster than comparing characters.
  public func containsBytes(of text: String) -> Bool {
    var (whole, part) = (self, text)
    return whole.withUTF8 { whole in
      part.withUTF8 { UnsafeRawBufferPointer(whole)[...].offset(of: Array($0)) } != nil
    }
  }
}

extension Slice<UnsafeRawBufferPointer> {
  /// How far from the start some bytes first stand.
  fileprivate func offset(of needle: [UInt8]) -> Int? {
    let bytes = UnsafeRawBufferPointer(rebasing: self)
    guard let start = bytes.baseAddress, let first = needle.first else { return nil }
    var position = 0
    while position + needle.count <= bytes.count,
      let match = memchr(start + position, Int32(first), bytes.count - position)
    {
      let offset = UnsafeRawPointer(match) - start
      if offset + needle.count <= bytes.count, memcmp(match, needle, needle.count) == 0 { return offset }
      position = offset + 1
    }
    return nil
  }
}
