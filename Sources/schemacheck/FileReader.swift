import Glibc

/// Reads whole files.
enum FileReader {
  struct Unreadable: Error {
    /// The operating system's words.
    var reason: String
  }

  /// - Parameter anyKind: whether pipes and devices are read as well, which may take as long as they like.
  static func contents(of path: String, anyKind: Bool) throws(Unreadable) -> [UInt8] {
    let descriptor = open(path, anyKind ? O_RDONLY : O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
    let isRegular = facts.st_mode & S_IFMT == S_IFREG
    guard isRegular || anyKind else { throw Unreadable(reason: "Not a regular file") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(isRegular ? Int(facts.st_size) : 0)
    while true {
      let room = max(65_536, bytes.capacity - bytes.count)
      let count = withUnsafeTemporaryAllocation(byteCount: min(room, 1 << 20), alignment: 1) { buffer in
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 { bytes.append(contentsOf: buffer[..<count]) }
        return count
      }
      guard count >= 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
      if count == 0 { return bytes }
    }
  }
}
