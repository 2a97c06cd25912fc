/// Dates, times and intervals (PostgreSQL documentation, section 8.5): spread over the last 90 days where nothing else is
/// asked for.
enum Times: ValueFamily {
  static let types: Set<String> = ["date", "timestamp", "timestamptz", "time", "timetz", "interval"]

  static func value(_ request: ValueRequest, _ random: inout Randomness) -> String? {
    switch request.type {
    case "interval": return "\(1 + random.below(48)) hours"
    case "time", "timetz":
      let seconds = random.below(86400)
      return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { String($0).leftPadded(to: 2) }.joined(
        separator: ":")
    default: break
    }
    let step: Double = request.type == "date" ? 86400 : 1
    let lower = seconds(request.demand.lower, step, up: true)
    let upper = seconds(request.demand.upper, step, up: false)
    let high = upper ?? lower.map { max($0 + 30 * 86400, request.now) } ?? request.now
    let low = lower ?? min(high, request.now) - 90 * 86400
    guard low <= high else { return nil }
    let count = ((high - low) / step).rounded(.down)
    let offset =
      request.isUnique && Double(request.row) <= count
      ? Double(request.row) : (random.fraction() * (count + 1)).rounded(.down)
    let time = low + offset * step
    if request.type == "date" { return Timestamp.date(time) }
    return Timestamp.text(time) + (request.type == "timestamptz" ? "+00" : "")
  }

  private static func seconds(_ bound: Demand.Bound?, _ step: Double, up: Bool) -> Double? {
    guard let bound, let value = bound.value.magnitude else { return nil }
    let onGrid = up ? (value / step).rounded(.up) * step : (value / step).rounded(.down) * step
    guard onGrid == value, !bound.isInclusive else { return onGrid }
    return up ? value + step : value - step
  }
}
