import CPgQuery
import Glibc
import Synchronization

/// Maps over `items` on a fixed set of threads, in the order of the items.
///
/// The threads have 512 MB of stack each (committed only as it is used): the recursive stages of the parser need about
/// 224 bytes a level, and every thread that ever parses uses up one of the process's 1,024 thread-local keys for good.
public func parallelMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], threads: Int, _ transform: @escaping @Sendable (Item) -> Result
) -> [Result] {
  let work = Work(items, transform)
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, 512 << 20)
  defer { pthread_attr_destroy(&attributes) }
  let workers = (0..<max(1, min(threads, items.count))).compactMap { _ -> pthread_t? in
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        Unmanaged<AnyWork>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(work as AnyWork).toOpaque())
    return code == 0 ? thread : nil
  }
  // Without any thread the work is still done, on this one's stack.
  if workers.isEmpty { work.run() }
  for worker in workers { pthread_join(worker, nil) }
  return work.results
}

/// Does some work on a thread with enough stack for values nested as deeply as the parser allows.
public func onDeepStack<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result {
  parallelMap([()], threads: 1, { _ in work() })[0]
}

private class AnyWork: @unchecked Sendable {
  func run() {}
}

private final class Work<Item: Sendable, Result: Sendable>: AnyWork, @unchecked Sendable {
  private let items: [Item]
  private let transform: @Sendable (Item) -> Result
  private let next = Atomic<Int>(0)
  private let done: Mutex<[Int: Result]> = Mutex([:])

  init(_ items: [Item], _ transform: @escaping @Sendable (Item) -> Result) {
    self.items = items
    self.transform = transform
  }

  override func run() {
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < items.count else { return }
      let result = transform(items[index])
      done.withLock { $0[index] = result }
    }
  }

  var results: [Result] {
    done.withLock { done in items.indices.compactMap { done[$0] } }
  }
}
