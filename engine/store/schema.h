/* schema - what a data store holds: its structure, limits and indexes.
 *
 * Shape:    read from both definition shapes (toolkit-dialect.md 2.4.1): {"name", "structure":
 * {field: {type, required?, unique?, default?}} or {"type": "collection", "spec": [{name, type,
 * …}]}, "maxRecords", "sizeLimit": 1048576 | "10MB" | null, "unique": [["a","b"]], "indexes":
 * [["a","b"]], "strict", "ttl": "expiresAt" | 3600, "autoIndex": true}. Units:    limits in records
 * and bytes; 0 stands for "none". A ttl is the name of a date field, or seconds since the record
 * was added or overwritten. Lifetime: lives in the arena it was read into; immutable. Errors: every
 * problem of a definition goes into the problem list. Threads:  may be shared.
 */
#ifndef EN_STORE_SCHEMA_H
#define EN_STORE_SCHEMA_H

#include "base/problem.h"
#include "value/coerce.h"

enum { EN_DEFAULT_MAX_RECORDS = 10000, EN_DEFAULT_MAX_BYTES = 10 * 1024 * 1024 };

typedef struct en_field {
    en_text name;
    en_types type; /* one of the EN_T_ bits, EN_T_EMAIL, EN_T_URL, or EN_T_ANY */
    bool required;
    bool unique;
    en_value fallback; /* nothing: none */
    en_text label;
} en_field;

typedef struct en_field_list {
    const en_text *names;
    size_t count;
} en_field_list;

typedef struct en_schema {
    en_text name;
    bool has_structure;
    bool strict; /* fields that are not declared are refused */
    const en_field *fields;
    size_t field_count;
    const en_field_list *uniques; /* composites */
    size_t unique_count;
    const en_field_list *indexes;
    size_t index_count;
    uint64_t max_records;
    uint64_t max_bytes;
    en_text ttl_field; /* empty: none */
    int64_t ttl_ms;    /* 0: none */
    bool no_auto_index;
} en_schema;

/* `definition` has at least "name". NULL when errors were added. */
const en_schema *en_schema_read(en_arena *arena, en_value definition, en_problems *problems);
/* The definition in the first shape: for `store show` and exports. */
en_value en_schema_write(en_arena *arena, const en_schema *schema);
/* What a structure calls the type: "email". */
en_text en_field_type_name(en_types type);
/* Whether the field stands in a unique list, alone or with others. */
EN_WARN_UNUSED bool en_schema_is_unique(const en_schema *schema, size_t field);
/* NULL: no such field. */
const en_field *en_schema_field(const en_schema *schema, en_text name);

#endif
