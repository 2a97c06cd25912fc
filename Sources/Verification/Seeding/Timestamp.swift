import Foundation

/// Times as PostgreSQL writes them, in UTC.
enum Timestamp {
  /// Seconds since 1970 of `2024-01-31`, `2024-01-31 12:00:00.5+00` and the like; nil for anything else.
  static func seconds(_ text: String) -> Double? {
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
    guard let first = parts.first, parts.count <= 2 else { return nil }
    let date = first.split(separator: "-").compactMap { Int($0) }
    guard date.count == 3, first.first != "-" else { return nil }
    var result = Double(days(year: date[0], month: date[1], day: date[2])) * 86400
    guard parts.count == 2 else { return result }
    let (clock, zone) = split(parts[1])
    let fields = clock.split(separator: ":").compactMap { Double($0) }
    guard fields.count >= 2 else { return nil }
    result += fields[0] * 3600 + fields[1] * 60 + (fields.count > 2 ? fields[2] : 0)
    return result - zone
  }

  /// The time of day and the zone's distance from UTC in seconds.
  private static func split(_ text: Substring) -> (Substring, Double) {
    guard let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }) else {
      return (text.hasSuffix("Z") ? text.dropLast() : text, 0)
    }
    let fields = text[text.index(after: sign)...].split(separator: ":").compactMap { Double($0) }
    let seconds = (fields.first ?? 0) * 3600 + (fields.count > 1 ? fields[1] * 60 : 0)
    return (text[..<sign], text[sign] == "-" ? -seconds : seconds)
  }

  /// Days since 1970 in the Gregorian calendar.
  ///
  /// Source: Hinnant, "chrono-compatible low-level date algorithms".
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// `2024-01-31`
  static func date(_ seconds: Double) -> String { String(text(seconds).prefix(10)) }

  /// `2024-01-31 12:00:00.000`
  static func text(_ seconds: Double) -> String {
    let whole = seconds.rounded(.down)
    var time = time_t(whole)
    var fields = tm()
    gmtime_r(&time, &fields)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let milliseconds = Int((seconds - whole) * 1000)
    let fraction = milliseconds == 0 ? "" : "." + String(milliseconds + 1000).dropFirst()
    let year = String(Int(fields.tm_year) + 1900)
    return String(repeating: "0", count: max(0, 4 - year.count)) + year
      + "-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday)) \(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))\(fraction)"
  }
}
