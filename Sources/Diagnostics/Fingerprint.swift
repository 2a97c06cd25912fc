extension Sequence<Diagnostic> {
  /// For each finding a text that stays the same when lines are moved or other findings come and go: made of the rule, the
  /// path, the message, and a number that tells equal ones apart.
  public var fingerprints: [String] {
    var seen: [String: Int] = [:]
    return map { diagnostic in
      let text = [diagnostic.rule, diagnostic.range.path, diagnostic.message].joined(separator: "\u{1F}")
      let count = seen[text, default: 0]
      seen[text] = count + 1
      return (text + "\u{1F}\(count)").digest
    }
  }
}

extension String {
  /// 64 bits in hexadecimal by FNV-1a: enough to tell the findings of one run apart, and the same on every machine.
  ///
  /// Source: IETF draft-eastlake-fnv, "The FNV Non-Cryptographic Hash Algorithm".
  public var digest: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
