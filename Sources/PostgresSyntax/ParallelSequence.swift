import Glibc

/// Does some work on a thread with enough stack for values nested as deeply as the parser allows; with no threads, on the
/// calling one.
public func onDeepStack<Result: Sendable>(threads: Int = 1, _ work: @escaping @Sendable () -> Result) -> Result {
  ParallelSequence([()], threads: threads) { _ in work() }.next()!
}

/// The results for some items, in their order, made on other threads a little ahead of whoever takes them.
///
/// The threads have 512 MB of stack each (committed only as it is used): the recursive stages of the parser need about
/// 224 bytes a level. Their number is fixed, because every thread that ever parses uses up one of the process's 1,024
/// thread-local keys for good.
public struct ParallelSequence<Item: Sendable, Result: Sendable>: Sequence, IteratorProtocol {
  private let workers: Workers<Item, Result>

  /// - Parameters:
  ///   - threads: with none, the work is done where the results are taken.
  ///   - ahead: how many results may wait to be taken.
  public init(
    _ items: [Item], threads: Int, ahead: Int = 64, _ transform: @escaping @Sendable (Item) -> Result
  ) {
    workers = Workers(items, threads: threads, ahead: ahead, transform)
  }

  public func next() -> Result? { workers.next() }
}

/// Ends its threads with itself; they hold only the work.
private final class Workers<Item: Sendable, Result: Sendable> {
  private let work: Work<Item, Result>
  private var threads: [pthread_t] = []

  init(_ items: [Item], threads count: Int, ahead: Int, _ transform: @escaping @Sendable (Item) -> Result) {
    work = Work(items, ahead: max(1, ahead), transform)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 512 << 20)
    defer { pthread_attr_destroy(&attributes) }
    threads = (0..<Swift.min(count, items.count)).compactMap { _ -> pthread_t? in
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(work as AnyWork)
      let code = pthread_create(
        &thread, &attributes,
        { argument in
          Unmanaged<AnyWork>.fromOpaque(argument!).takeRetainedValue().run()
          return nil
        }, argument.toOpaque())
      if code != 0 { argument.release() }
      return code == 0 ? thread : nil
    }
  }

  func next() -> Result? {
    // Without any thread the work is still done, on this one's stack.
    threads.isEmpty ? work.takeAndRun() : work.take()
  }

  deinit {
    work.cancel()
    for thread in threads { pthread_join(thread, nil) }
  }
}

private class AnyWork: @unchecked Sendable {
  func run() {}
}

private final class Work<Item: Sendable, Result: Sendable>: AnyWork, @unchecked Sendable {
  private let items: [Item]
  private let ahead: Int
  private let transform: @Sendable (Item) -> Result
  private var mutex = pthread_mutex_t()
  private var changed = pthread_cond_t()
  // All below only under the mutex.
  private var started = 0
  private var taken = 0
  private var done: [Int: Result] = [:]
  private var isWaiting = false

  init(_ items: [Item], ahead: Int, _ transform: @escaping @Sendable (Item) -> Result) {
    self.items = items
    self.ahead = ahead
    self.transform = transform
    super.init()
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&changed, nil)
  }

  deinit {
    pthread_cond_destroy(&changed)
    pthread_mutex_destroy(&mutex)
  }

  override func run() {
    pthread_mutex_lock(&mutex)
    while true {
      while started < items.count, started >= taken + ahead { pthread_cond_wait(&changed, &mutex) }
      guard started < items.count else { break }
      let index = started
      started += 1
      pthread_mutex_unlock(&mutex)
      let result = transform(items[index])
      pthread_mutex_lock(&mutex)
      done[index] = result
      if isWaiting, index == taken { pthread_cond_broadcast(&changed) }
    }
    pthread_mutex_unlock(&mutex)
  }

  func take() -> Result? {
    guard taken < items.count else { return nil }
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    while true {
      if let result = done.removeValue(forKey: taken) {
        taken += 1
        // Woken for half of what may be waiting rather than for each.
        if done.count <= ahead / 2 { pthread_cond_broadcast(&changed) }
        return result
      }
      isWaiting = true
      pthread_cond_wait(&changed, &mutex)
      isWaiting = false
    }
  }

  func takeAndRun() -> Result? {
    guard taken < items.count else { return nil }
    taken += 1
    return transform(items[taken - 1])
  }

  /// Nothing more is wanted.
  func cancel() {
    pthread_mutex_lock(&mutex)
    started = items.count
    pthread_cond_broadcast(&changed)
    pthread_mutex_unlock(&mutex)
  }
}
