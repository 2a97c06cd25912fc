import Glibc
import Synchronization

/// A thread with 512 MB of stack, committed only as it is used: the recursive stages of the parser need about 224 bytes a
/// level.
///
/// Threads that have done their work wait for more: every thread that ever parses uses up one of the process's 1,024
/// thread-local keys for good.
final class DeepThread: @unchecked Sendable {
  private static let idle = Mutex<[DeepThread]>([])

  private var wake = sem_t()
  /// Written only while the thread waits for it.
  private var job: (() -> Void)?

  /// Runs a job on a thread that is idle, or else on a new one; false where none can be made.
  static func run(_ job: @escaping () -> Void) -> Bool {
    if let thread = idle.withLock({ $0.popLast() }) {
      thread.start(job)
      return true
    }
    let thread = DeepThread()
    guard thread.create() else { return false }
    thread.start(job)
    return true
  }

  private init() {
    sem_init(&wake, 0, 0)
  }

  private func start(_ job: @escaping () -> Void) {
    self.job = job
    sem_post(&wake)
  }

  private func create() -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 512 << 20)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var handle = pthread_t()
    let argument = Unmanaged.passRetained(self)
    let code = pthread_create(
      &handle, &attributes,
      { argument in
        Unmanaged<DeepThread>.fromOpaque(argument!).takeRetainedValue().serve()
        return nil
      }, argument.toOpaque())
    if code != 0 { argument.release() }
    return code == 0
  }

  private func serve() {
    while true {
      while sem_wait(&wake) != 0 {}
      job?()
      job = nil
      Self.idle.withLock { $0.append(self) }
    }
  }
}
