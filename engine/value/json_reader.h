/* json_reader - the data reader's inside, shared by json*.c and document.c only.
 *
 * Shape:    a reader stands in a text and reads one value after the other. Elements and members are
 *           collected on a stack of slots and copied to the arena in their exact size when their
 *           array or collection ends. Texts are packed into pieces of a pool.
 *           A *model* is the value that stood in the same place of the record before. A member
 *           whose name is the model's next name takes that text over, so that nothing is scanned
 *           or copied, and a collection with all names of its model needs no search for equal
 *           names and shares its index. A name that stands in a model is followed by the byte '"'
 *           if it was written without escapes, so that one comparison of bytes decides.
 * Units:    bytes.
 * Lifetime: values live in the arena that is set; slots as long as the reader.
 * Errors:   false, and `fault` says what; en_json_report turns it into an en_error.
 * Threads:  one reader, one thread.
 */
#ifndef EN_VALUE_JSON_READER_H
#define EN_VALUE_JSON_READER_H

#include "value/json.h"

enum {
    EN_JSON_NO_HALVES = 1 << 8, /* lone surrogates are errors: documents */
    EN_JSON_FIRST_SLOTS = 128,
};

/* What follows a fault may change when more of the text is there; no fault looks further ahead. */
enum { EN_JSON_LOOK_AHEAD = 48 };

typedef union en_json_slot {
    en_value value;
    en_text name;
} en_json_slot;

typedef struct en_json_fault {
    const char *at;
    const char *seen;     /* how far the reader has looked */
    const char *expected; /* "a value"; NULL: the memory limit was reached */
} en_json_fault;

typedef struct en_json_reader {
    const char *at;
    const char *end;
    en_arena *arena;
    unsigned flags;
    unsigned depth_left;
    bool foreign_model; /* the model lives shorter than the arena: names and index are copied */
    unsigned misses;    /* collections that were not like their model */
    char *pool;
    size_t pool_left;
    size_t pool_piece; /* size of the next piece */
    en_json_slot *slots;
    size_t count;
    size_t capacity;
    en_json_fault fault;
    en_arena scratch; /* for slots beyond the first */
    en_json_slot first_slots[EN_JSON_FIRST_SLOTS];
} en_json_reader;

void en_json_reader_init(en_json_reader *reader, en_budget *budget);
void en_json_reader_done(en_json_reader *reader);
/* What comes next is read from `text` into `arena`. */
void en_json_reader_set(en_json_reader *reader, en_arena *arena, en_text text, unsigned flags,
                        unsigned max_depth);
void en_json_skip_space(en_json_reader *reader);
/* The value at the reader's place, white space in front skipped. `model`: see Shape, or NULL. */
EN_WARN_UNUSED bool en_json_read_value(en_json_reader *reader, const en_value *model,
                                       en_value *value);
/* The same, with nothing but white space up to the end. */
EN_WARN_UNUSED bool en_json_read_all(en_json_reader *reader, en_value *value);
/* Moves a name of a model, and the quote behind it, to the pool. */
EN_WARN_UNUSED bool en_json_copy_name(en_json_reader *reader, en_text *name);
/* The string at the reader's place, which is a quote. `name`: it will be a member's name. */
EN_WARN_UNUSED bool en_json_read_string(en_json_reader *reader, bool name, en_text *text);

/* Both set the fault and give false. */
bool en_json_expected(en_json_reader *reader, const char *at, const char *expected);
bool en_json_no_memory(en_json_reader *reader);
/* The fault as an error at a place that the caller knows. Always false. */
bool en_json_report(const en_json_reader *reader, unsigned line, unsigned column, en_error *error);
/* Line and column of `at` in a text. */
void en_json_find_place(en_text text, size_t offset, unsigned *line, unsigned *column);

#endif
