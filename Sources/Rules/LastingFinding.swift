import Catalog
import Diagnostics
import PostgresSyntax

/// A finding about a view that matters only if the view is still there at the end, as that statement made it.
struct LastingFinding {
  var diagnostic: Diagnostic
  var origin: Origin
  var name: ObjectName?
}

extension Sequence<LastingFinding> {
  func lasting(in chain: Chain) -> [Diagnostic] {
    filter { item in
      item.name.flatMap { chain.final.relation($0) }?.origin.map { $0 == item.origin } ?? false
    }.map(\.diagnostic)
  }
}
