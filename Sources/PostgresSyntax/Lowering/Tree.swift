import CPgQuery

typealias NodePointer = UnsafeMutablePointer<PgQuery__Node>

/// The elements of a repeated field. Nothing of it may leave the parse.
@inline(__always)
func each<T>(_ count: Int, _ pointer: UnsafeMutablePointer<UnsafeMutablePointer<T>?>?) -> [UnsafeMutablePointer<T>] {
  guard count > 0, let pointer else { return [] }
  return (0..<count).compactMap { pointer[$0] }
}

/// A string field; protobuf-c writes an absent one as "".
@inline(__always)
func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
  guard let pointer, pointer.pointee != 0 else { return nil }
  return String(cString: pointer)
}

extension UnsafeMutablePointer where Pointee == PgQuery__Node {
  var kind: PgQuery__Node__NodeCase { pointee.node_case }

  /// The text of a `String` node.
  var string: String? { kind == PG_QUERY__NODE__NODE_STRING ? String(cString: pointee.string.pointee.sval) : nil }

  /// The nodes of a `List` node, or the node itself.
  var list: [NodePointer] {
    kind == PG_QUERY__NODE__NODE_LIST ? each(pointee.list.pointee.n_items, pointee.list.pointee.items) : [self]
  }

  /// The grammar's name of the node's type, such as `SelectStmt`.
  var typeName: String {
    guard let message = message else { return "Node" }
    return String(cString: message.pointee.descriptor.pointee.short_name)
  }

  /// The message inside the oneof.
  var message: UnsafePointer<ProtobufCMessage>? {
    var found: UnsafePointer<ProtobufCMessage>?
    withUnsafeMutablePointer(to: &found) { found in
      scx_each_child(
        UnsafeRawPointer(self).assumingMemoryBound(to: ProtobufCMessage.self),
        { child, context in context!.assumingMemoryBound(to: UnsafePointer<ProtobufCMessage>?.self).pointee = child },
        found)
    }
    return found
  }

  /// The nodes below this one, through messages that are no nodes themselves.
  var childNodes: [NodePointer] {
    guard let message else { return [] }
    return nodes(inside: message)
  }
}

private final class Collector {
  var nodes: [NodePointer] = []
}

private let nodeDescriptorName = "PgQuery.Node"

private func nodes(inside message: UnsafePointer<ProtobufCMessage>) -> [NodePointer] {
  let collector = Collector()
  scx_each_child(
    message,
    { child, context in
      let collector = Unmanaged<Collector>.fromOpaque(context!).takeUnretainedValue()
      guard let child else { return }
      if child.pointee.descriptor.pointee.sizeof_message == MemoryLayout<PgQuery__Node>.size,
        String(cString: child.pointee.descriptor.pointee.short_name) == "Node"
      {
        collector.nodes.append(UnsafeMutableRawPointer(mutating: child).assumingMemoryBound(to: PgQuery__Node.self))
      } else {
        collector.nodes += PostgresSyntax.nodes(inside: child)
      }
    }, Unmanaged.passUnretained(collector).toOpaque())
  return collector.nodes
}
