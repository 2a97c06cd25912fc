/// Integers, decimals and floating-point numbers (PostgreSQL documentation, section 8.1), and money.
enum Numbers: ValueFamily {
  static let types: Set<String> = ["int2", "int4", "int8", "numeric", "float4", "float8", "money", "oid"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    let step = step(request)
    let (least, most) = limits(request)
    var low = bound(request.demand.lower, step, up: true) ?? min(0, most)
    low = max(low, least)
    var high = bound(request.demand.upper, step, up: false) ?? min(low + span(request), most)
    high = min(high, most)
    if low > high, request.demand.lower == nil { low = high - span(request) }
    guard low <= high else { return nil }
    if request.isUnique, low + Double(request.row) * step <= high {
      return text(low + Double(request.row) * step, step)
    }
    let count = ((high - low) / step).rounded(.down)
    return text(low + (random.fraction() * (count + 1)).rounded(.down) * step, step)
  }

  /// How far neighbours are apart.
  private static func step(_ request: ValueRequest) -> Double {
    switch request.type {
    case "numeric":
      guard let (_, scale) = precision(request.modifier) else { return 0.01 }
      return scale >= 0 ? pow10(-min(scale, 6)) : pow10(-scale)
    case "float4", "float8", "money": return 0.01
    default: return 1
    }
  }

  private static func span(_ request: ValueRequest) -> Double {
    request.type == "numeric" || request.type.hasPrefix("float") ? 100 : 1000
  }

  private static func limits(_ request: ValueRequest) -> (Double, Double) {
    switch request.type {
    case "int2": return (-32768, 32767)
    case "int4": return (-2_147_483_648, 2_147_483_647)
    case "oid": return (0, 4_294_967_295)
    case "numeric":
      guard let (digits, scale) = precision(request.modifier) else { return (-1e15, 1e15) }
      let most = pow10(digits - scale) - pow10(-scale)
      return (-most, most)
    default: return (-9e15, 9e15)
    }
  }

  /// Digits in all and after the point.
  private static func precision(_ modifier: Int) -> (Int, Int)? {
    guard modifier >= 4 else { return nil }
    let packed = modifier - 4
    // Eleven bits with a sign since PostgreSQL 15.
    let scale = ((packed & 0x7ff) ^ 1024) - 1024
    return (packed >> 16, scale)
  }

  private static func bound(_ bound: Demand.Bound?, _ step: Double, up: Bool) -> Double? {
    guard let bound, let value = bound.value.magnitude else { return nil }
    let onGrid = up ? (value / step).rounded(.up) * step : (value / step).rounded(.down) * step
    guard onGrid == value, !bound.isInclusive else { return onGrid }
    return up ? value + step : value - step
  }

  private static func pow10(_ exponent: Int) -> Double {
    exponent < 0 ? 1 / pow10(-exponent) : (0..<exponent).reduce(1) { value, _ in value * 10 }
  }

  private static func text(_ value: Double, _ step: Double) -> String {
    if step >= 1 { return String(Int(value.rounded())) }
    let digits = step >= 0.1 ? 1 : step >= 0.01 ? 2 : step >= 0.001 ? 3 : step >= 0.0001 ? 4 : step >= 0.00001 ? 5 : 6
    let scaled = Int((value * pow10(digits)).rounded())
    let text = String(abs(scaled))
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return (scaled < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}
