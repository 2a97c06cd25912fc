import Glibc

/// Does some work on a thread with enough stack for values nested as deeply as the parser allows; with no threads, on the
/// calling one.
public func onDeepStack<Result: Sendable>(threads: Int = 1, _ work: @escaping @Sendable () -> Result) -> Result {
  ParallelSequence([()], threads: threads) { _ in work() }.next()!
}

/// The results for some items, in their order, made on other threads a little ahead of whoever takes them.
///
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

/// Waits for its threads to be done with the work when nobody takes results any more.
private final class Workers<Item: Sendable, Result: Sendable> {
  private let work: Work<Item, Result>
  private var hasThreads = false

  init(_ items: [Item], threads count: Int, ahead: Int, _ transform: @escaping @Sendable (Item) -> Result) {
    work = Work(items, ahead: max(1, ahead), transform)
    for _ in 0..<Swift.min(count, items.count) {
      if DeepThread.run({ [work] in work.run() }) {
        work.expectRun()
        hasThreads = true
      }
    }
  }

  func next() -> Result? {
    // Without any thread the work is still done, on this one's stack.
    hasThreads ? work.take() : work.takeAndRun()
  }

  deinit { work.cancel() }
}

private final class Work<Item: Sendable, Result: Sendable>: @unchecked Sendable {
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
  /// How many threads have yet to finish.
  private var running = 0

  init(_ items: [Item], ahead: Int, _ transform: @escaping @Sendable (Item) -> Result) {
    self.items = items
    self.ahead = ahead
    self.transform = transform
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&changed, nil)
  }

  deinit {
    pthread_cond_destroy(&changed)
    pthread_mutex_destroy(&mutex)
  }

  /// A thread has been given the work.
  func expectRun() {
    pthread_mutex_lock(&mutex)
    running += 1
    pthread_mutex_unlock(&mutex)
  }

  func run() {
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
    running -= 1
    if running == 0 { pthread_cond_broadcast(&changed) }
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

  /// Nothing more is wanted; returns when no thread works on it any more.
  func cancel() {
    pthread_mutex_lock(&mutex)
    started = items.count
    pthread_cond_broadcast(&changed)
    while running != 0 { pthread_cond_wait(&changed, &mutex) }
    pthread_mutex_unlock(&mutex)
  }
}
