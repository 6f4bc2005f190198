/* expect - compares a value with what is expected of it, and says where they part.
 *
 * Shape:    `expected` is a subset: a collection may have more members than expected, an array has
 *           as many elements; numbers are equal by value, texts by bytes, dates and buffers also
 *           their texts in JSON. Special texts stand for kinds: "$any" (there and not null),
 *           "$missing", "$text", "$number", "$boolean", "$array", "$collection", "$date" (a date,
 *           or its text in JSON). A collection whose members are all named $… holds conditions:
 *           {"$exact": expected} (no further members, at any depth), {"$equals": value} (nothing
 *           in it is special), {"$matches": regex}, {"$length": expected}, {"$contains": [each
 *           fits some element]}, {"$not": expected}, {"$all": expected} (of every element),
 *           {"$oneOf": [expected…]}, {"$true": template}, {"$date": ISO text}, {"$buffer":
 *           base64}, and {"$snapshot": value}, which must be equal and can be taken anew. In templates `value` is what was
 *           found; other first names are those of the comparison.
 * Units:    none.
 * Lifetime: differences live in the comparison's arena; snapshots share the values compared.
 * Errors:   what cannot be compared (a template that fails) is a difference. Whether an expectation
 *           makes sense can be asked before there is a value.
 * Threads:  a comparison belongs to one thread.
 */
#ifndef EN_FLOW_EXPECT_H
#define EN_FLOW_EXPECT_H

#include "expr/template.h"

/* Differences that are kept; more are only counted. */
enum { EN_MOST_DIFFERENCES = 20 };

typedef struct en_difference {
    struct en_difference *next;
    en_text path;     /* "output.items[2].total"; empty: the value itself */
    en_text expected; /* for people: `12`, `text like /^a/` */
    en_text found;    /* JSON, perhaps cut, or "nothing" */
} en_difference;

typedef struct en_snapshot {
    struct en_snapshot *next;
    en_text path; /* of the form */
    en_value value;
} en_snapshot;

typedef struct en_differences {
    en_difference *first;
    en_difference *last;
    size_t count;
    en_snapshot *snapshots; /* those to be taken anew */
    en_snapshot *last_snapshot;
} en_differences;

typedef struct en_comparison {
    en_arena *arena;
    const en_rules *rules; /* of templates */
    en_value names;        /* a collection: what first names in templates mean */
    int64_t now_ms;
    const en_zone *zone;
    en_zones *zones;
    en_random *random;
    en_regex_cache *patterns;
} en_comparison;

/* `path` stands in front of the paths of differences. True: it fits. */
EN_WARN_UNUSED bool en_expect(const en_comparison *with, en_text path, en_value expected,
                              en_value actual, en_differences *differences);
/* A template that must be true as it stands, without a `value`. */
EN_WARN_UNUSED bool en_expect_true(const en_comparison *with, en_text path, en_text source,
                                   en_differences *differences);
/* Whether such a template can be read at all. */
EN_WARN_UNUSED bool en_expect_readable(en_arena *arena, const en_rules *rules, en_text source,
                                       en_error *error);
/* "path: expected … but found …" */
en_text en_difference_line(en_arena *arena, const en_difference *difference);

/* Adds a problem with its path for every condition that makes no sense. */
void en_expectation_check(en_arena *arena, const en_rules *rules, en_text path, en_value expected,
                          en_problems *problems);

#endif
