/* json - the data reader, the document reader and the writer.
 *
 * Shape:    *Data* (inputs, events, store contents, HTTP bodies, JSON Lines) is read in one pass
 *           straight into arena values. *Documents* (scenarios, schemas, configuration) are read
 *           the same way, so that numbers come out the same, and must pass jansson's strict check
 *           too, which also finds names that stand twice; they know the place of everything in
 *           them. The writer prints JavaScript's shortest numbers; dates as ISO text, buffers as
 *           base64, `nothing`, NaN and infinities as null.
 * Units:    places are byte offsets, and lines and columns from 1 (columns in bytes).
 * Lifetime: values and places live in the arena given. Texts without escapes may share the input's
 *           bytes if EN_JSON_SHARE is set: then the input must live as long.
 * Errors:   SyntaxError with line and column, "expected … but found …". Refused: depth over the
 *           limit, raw NUL and control characters, lone surrogates (read as U+FFFD in data,
 *           refused in documents), overlong or broken UTF-8, numbers no double can hold, text
 *           after the value. Duplicate names: the last wins in data, refused in documents; \u0000
 *           may stand in texts, in a document's names not. DataSizeLimitExceededError over the
 *           arena's budget. A value over EN_JSON_DEEPEST fails the writer's builder.
 * Threads:  free; a stream belongs to one thread.
 */
#ifndef EN_VALUE_JSON_H
#define EN_VALUE_JSON_H

#include "value/value.h"

/* Levels of arrays and objects: the usual limit, and what no limit goes beyond. */
enum { EN_JSON_DEPTH = 512, EN_JSON_DEEPEST = 4096 };

enum {
    EN_JSON_SHARE = 1, /* texts may point into the input */
    /* {"$date": …} and {"$buffer": …} become dates and buffers, and back; with content that is no
     * ISO date or base64 they are read as collections. */
    EN_JSON_TYPED = 2,
    EN_JSON_PRETTY = 4, /* writer: two spaces a level */
};

/* One value, nothing but white space around it; a UTF-8 BOM in front is skipped. */
EN_WARN_UNUSED bool en_json_read(en_arena *arena, en_text input, unsigned flags, unsigned max_depth,
                                 en_value *value, en_error *error);

/* --- piecewise: big files in flat memory --- */

/* Gives up to `room` bytes more; 0 at the end; false with the error set when reading failed. */
typedef bool en_json_refill(void *context, char *bytes, size_t room, size_t *got, en_error *error);
typedef struct en_json_stream en_json_stream;

typedef enum en_json_records {
    EN_JSON_LINES, /* one value a line or values one after the other, empty lines skipped */
    EN_JSON_ARRAY, /* the elements of one array */
    EN_JSON_DETECT /* array if the first byte is '[', else lines */
} en_json_records;

/* The stream lives in `arena` and is closed with it. */
en_json_stream *en_json_stream_open(en_arena *arena, en_json_refill *refill, void *context,
                                    en_json_records records, unsigned flags);
/* The next record into `arena`; *found false at the end. An error in one line of JSON Lines leaves
 * the stream behind that line, so that the caller may go on; in an array it ends the stream. */
EN_WARN_UNUSED bool en_json_stream_next(en_json_stream *stream, en_arena *arena, en_value *value,
                                        bool *found, en_error *error);
/* Line on which the last record or error began, and bytes consumed so far. */
unsigned en_json_stream_line(const en_json_stream *stream);
uint64_t en_json_stream_offset(const en_json_stream *stream);
unsigned en_json_stream_column(const en_json_stream *stream);
/* The bytes of the last record, or of the line that could not be read (none if it is longer than
 * 1 MB), until the next call. */
en_text en_json_stream_text(const en_json_stream *stream);
/* Nothing can follow: the end was met, or what follows an error is of no use. */
bool en_json_stream_ended(const en_json_stream *stream);
/* Right after opening: comes behind the record that ended at `offset`. */
EN_WARN_UNUSED bool en_json_stream_skip(en_json_stream *stream, uint64_t offset, en_error *error);

/* --- documents --- */

typedef struct en_document en_document;
/* For a program whose memory may end, before its first document: the library behind it reads and
 * writes past its buffers when it gets none, so the process ends first, as in en_arena_alloc. */
void en_document_configure(void);

enum { EN_DOCUMENT_LENIENT = 1 }; /* line and block comments are blanked */

/* Reads a document from memory, whose bytes are copied. `name` is what messages call it. */
EN_WARN_UNUSED bool en_document_read(en_arena *arena, en_text name, en_text input, unsigned flags,
                                     en_document **document, en_error *error);
/* Reads a file of at most 64 MB. */
EN_WARN_UNUSED bool en_document_read_file(en_arena *arena, const char *path, unsigned flags,
                                          en_document **document, en_error *error);
en_value en_document_root(const en_document *document);
en_text en_document_name(const en_document *document);
/* The place of the value at a path such as "modules[3].parameters.data" (names that hold other than
 * letters, digits, _ and - are written ["like this"]). Found by a second scan. A path that leads
 * nowhere gives the place of its longest part that exists. False: the document is NULL. */
EN_WARN_UNUSED bool en_document_place(const en_document *document, en_text path, unsigned *line,
                                      unsigned *column);

/* The bytes of the value at a path that leads to one, within en_document_text. */
EN_WARN_UNUSED bool en_document_extent(const en_document *document, en_text path, en_text *bytes);
/* The document as it was read; a BOM and comments are blanks. */
en_text en_document_text(const en_document *document);

/* --- writing --- */

void en_json_write(en_builder *out, en_value value, unsigned flags);
en_text en_json_text(en_arena *arena, en_value value, unsigned flags);
/* The same in pieces, as they get done: what is printed need not lie in memory as a whole. False:
 * it failed on the way. */
typedef void en_json_drain(void *context, en_text piece);
bool en_json_print(en_arena *arena, en_value value, unsigned flags, en_json_drain *drain,
                   void *context);
/* A quoted JSON string. */
void en_json_write_text(en_builder *out, en_text text);

/* Reads a whole file into the arena; refuses more than `max_bytes` (MaxFileSizeExceededError). "-"
 * is standard input. UsageError: it cannot be opened or read. */
EN_WARN_UNUSED bool en_file_read(en_arena *arena, const char *path, size_t max_bytes,
                                 en_text *content, en_error *error);

#endif
