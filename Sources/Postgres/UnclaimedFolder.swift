import Glibc

/// A folder for a server whose supervisor may not have started yet: where Ctrl-C comes first, nobody else removes it.
enum UnclaimedFolder {
  /// The paths, for a signal handler, which may use neither locks nor memory that moves.
  nonisolated(unsafe) private static let paths = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
    capacity: capacity)
  nonisolated(unsafe) private static var count = 0
  private static let capacity = 8

  /// Sees to it that a signal which ends the process removes the folder, as long as it is empty.
  ///
  /// Source: POSIX.1-2017, section 2.4.3: `rmdir`, `signal` and `raise` may be called in a handler.
  static func watch(_ path: String) {
    guard count < capacity else { return }
    paths[count] = strdup(path)
    count += 1
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Somebody else may have something to say about the signal.
      if let old = signal(number, handler), !isSame(old, SIG_DFL), !isSame(old, handler) { signal(number, old) }
    }
  }

  private static let handler: @convention(c) (Int32) -> Void = { number in
    for index in 0..<count { if let path = paths[index] { rmdir(path) } }
    signal(number, SIG_DFL)
    raise(number)
  }

  private static func isSame(_ a: __sighandler_t, _ b: __sighandler_t?) -> Bool {
    unsafeBitCast(a, to: Int.self) == unsafeBitCast(b, to: Int.self)
  }
}
