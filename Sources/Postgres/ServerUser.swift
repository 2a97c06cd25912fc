import Glibc

/// Who the server runs as. PostgreSQL refuses to run as root, so root's servers run as `nobody`.
struct ServerUser: Sendable {
  var uid: uid_t
  var gid: gid_t
  var isOther: Bool

  static func current() throws(ServerError) -> ServerUser {
    guard getuid() == 0 else { return ServerUser(uid: getuid(), gid: getgid(), isOther: false) }
    guard let entry = getpwnam("nobody") else {
      throw ServerError("PostgreSQL refuses to run as root, and there is no user 'nobody' to run it as")
    }
    guard access("/usr/bin/setpriv", X_OK) == 0 else {
      throw ServerError("PostgreSQL refuses to run as root, and setpriv (package util-linux) is not installed")
    }
    return ServerUser(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid, isOther: true)
  }

  /// The command as this user runs it.
  func command(_ command: [String]) -> [String] {
    guard isOther else { return command }
    return ["/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups", "--no-new-privs", "--"] + command
  }
}
