#include "cpgquery.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

// Exported by libpg_query, but declared only in a header that needs the server's own headers.
typedef struct {
  void *tree;
  char *stderr_buffer;
  PgQueryError *error;
} RawParse;
RawParse pg_query_raw_parse(const char *sql);
void *pg_query_enter_memory_context(void);
void pg_query_exit_memory_context(void *context);
PgQueryProtobuf pg_query_nodes_to_protobuf(const void *tree);
void pg_query_free_error(PgQueryError *error);

// pg_query_nodes_to_protobuf builds a tree and then serialises it with these two functions. The linker routes those
// calls here (--wrap); while a thread wants the tree, the first hands it over and nothing is serialised.
size_t __real_pg_query__parse_result__get_packed_size(const PgQuery__ParseResult *message);
size_t __real_pg_query__parse_result__pack(const PgQuery__ParseResult *message, uint8_t *out);

static __thread int wants_tree;
static __thread int has_tree;
static __thread size_t statement_count;
static __thread PgQuery__RawStmt **statements;

size_t __wrap_pg_query__parse_result__get_packed_size(const PgQuery__ParseResult *message) {
  if (!wants_tree) return __real_pg_query__parse_result__get_packed_size(message);
  // The message itself is on the library's stack; what it points to is in the memory context.
  has_tree = 1;
  statement_count = message->n_stmts;
  statements = message->stmts;
  return 0;
}

size_t __wrap_pg_query__parse_result__pack(const PgQuery__ParseResult *message, uint8_t *out) {
  return wants_tree ? 0 : __real_pg_query__parse_result__pack(message, out);
}

static ScxParse parse_direct(const char *sql) {
  ScxParse result = {0};
  result.is_direct = 1;
  result.storage = pg_query_enter_memory_context();
  RawParse raw = pg_query_raw_parse(sql);
  free(raw.stderr_buffer);
  result.error = raw.error;
  if (raw.error) return result;

  wants_tree = 1;
  has_tree = 0;
  PgQueryProtobuf packed = pg_query_nodes_to_protobuf(raw.tree);
  wants_tree = 0;
  free(packed.data);
  if (has_tree) {
    result.statement_count = statement_count;
    result.statements = statements;
  } else {
    result.is_direct = -1;
  }
  return result;
}

// The fallback unpacks the serialised tree into one arena.
typedef struct Block {
  struct Block *next;
  size_t capacity, used, padding;
} Block;
typedef struct {
  Block *head;
  PgQueryProtobufParseResult packed;
} Arena;

static void *arena_allocate(void *data, size_t size) {
  Arena *arena = data;
  size = (size + 15) & ~(size_t)15;
  Block *block = arena->head;
  if (!block || block->capacity - block->used < size) {
    size_t capacity = size > (1u << 18) ? size : (1u << 18);
    block = malloc(sizeof(Block) + capacity);
    if (!block) return NULL;
    block->next = arena->head;
    block->capacity = capacity;
    block->used = 0;
    arena->head = block;
  }
  void *memory = (char *)(block + 1) + block->used;
  block->used += size;
  return memory;
}

static void arena_release(void *data, void *memory) {
  (void)data;
  (void)memory;
}

ScxParse scx_parse_packed(const char *sql) {
  ScxParse result = {0};
  Arena *arena = calloc(1, sizeof *arena);
  result.storage = arena;
  arena->packed = pg_query_parse_protobuf(sql);
  result.error = arena->packed.error;
  if (result.error) return result;
  ProtobufCAllocator allocator = {arena_allocate, arena_release, arena};
  PgQuery__ParseResult *tree = pg_query__parse_result__unpack(
      &allocator, arena->packed.parse_tree.len, (const uint8_t *)arena->packed.parse_tree.data);
  if (tree) {
    result.statement_count = tree->n_stmts;
    result.statements = tree->stmts;
  }
  return result;
}

void scx_free(ScxParse parse) {
  if (parse.is_direct) {
    if (parse.error) pg_query_free_error(parse.error);
    pg_query_exit_memory_context(parse.storage);
    return;
  }
  Arena *arena = parse.storage;
  for (Block *block = arena->head; block;) {
    Block *next = block->next;
    free(block);
    block = next;
  }
  pg_query_free_protobuf_parse_result(arena->packed);
  free(arena);
}

static int is_available;
static pthread_once_t checked = PTHREAD_ONCE_INIT;

static void check_direct(void) {
  ScxParse parse = parse_direct("SELECT 1; SELECT 2");
  is_available = parse.is_direct == 1 && !parse.error && parse.statement_count == 2 && parse.statements[1]->stmt &&
                 parse.statements[1]->stmt->node_case == PG_QUERY__NODE__NODE_SELECT_STMT;
  scx_free(parse);
}

int scx_direct_available(void) {
  pthread_once(&checked, check_direct);
  return is_available;
}

ScxParse scx_parse(const char *sql) {
  return scx_direct_available() ? parse_direct(sql) : scx_parse_packed(sql);
}

void scx_each_child(const ProtobufCMessage *message, ScxVisitor visit, void *context) {
  const ProtobufCMessageDescriptor *descriptor = message->descriptor;
  const char *base = (const char *)message;
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
    if (field->type != PROTOBUF_C_TYPE_MESSAGE) continue;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      size_t count = *(const size_t *)(base + field->quantifier_offset);
      ProtobufCMessage **children = *(ProtobufCMessage ***)(base + field->offset);
      for (size_t k = 0; k < count; k++)
        if (children[k]) visit(children[k], context);
      continue;
    }
    // In a oneof, the quantifier says which member is set.
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && *(const uint32_t *)(base + field->quantifier_offset) != field->id)
      continue;
    const ProtobufCMessage *child = *(ProtobufCMessage *const *)(base + field->offset);
    if (child) visit(child, context);
  }
}

void scx_keep_memory(void) {
  mallopt(M_TOP_PAD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
}
