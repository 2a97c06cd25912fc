#pragma once
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

/// A parse tree owned by libpg_query. Valid on the thread that parsed it, until `scx_free`.
typedef struct {
  size_t statement_count;
  PgQuery__RawStmt **statements;
  PgQueryError *error;  // NULL on success
  void *storage;
  int is_direct;
} ScxParse;

/// Whether the tree can be taken before it is serialised (checked once, by parsing).
int scx_direct_available(void);
/// Parses with the direct path, or the public one where that isn't available.
ScxParse scx_parse(const char *sql);
/// Parses with libpg_query's public interface only.
ScxParse scx_parse_packed(const char *sql);
void scx_free(ScxParse parse);

/// Calls `visit` for every message directly inside `message`, in field order.
typedef void (*ScxVisitor)(const ProtobufCMessage *child, void *context);
void scx_each_child(const ProtobufCMessage *message, ScxVisitor visit, void *context);

/// Has the allocator take memory in large steps and keep what is freed (mallopt(3)).
void scx_keep_memory(void);
