/* expect_inside - what comparing and the special forms of expectations share. Inside flow/ only.
 *
 * Shape:    a matching stands at one place of the value compared; its parts are further matchings.
 * Units:    none.
 * Lifetime: as expect.h.
 * Errors:   as expect.h.
 * Threads:  as expect.h.
 */
#ifndef EN_FLOW_EXPECT_INSIDE_H
#define EN_FLOW_EXPECT_INSIDE_H

#include "flow/expect.h"

typedef struct en_matching {
    const en_comparison *with;
    en_differences *differences;
    en_text path;
    unsigned depth;
    bool exact; /* no further members */
} en_matching;

/* expect.c. What compares is true if it fits; else it has noted why. */
bool en_match(const en_matching *at, en_value expected, en_value actual);
/* Nothing in `expected` is special. */
bool en_match_literal(const en_matching *at, en_value expected, en_value actual);
bool en_match_element(const en_matching *at, size_t index, en_value expected, en_value actual);
/* The same matching one level down, at `path`. */
en_matching en_match_part(const en_matching *at, en_text path);
/* Whether it fits, without a word when it does not. */
bool en_match_quietly(const en_matching *at, en_value expected, en_value actual);
/* JSON for people, perhaps cut. */
en_text en_match_shown(const en_matching *at, en_value value);
/* Notes a difference; always false. */
bool en_match_differs(const en_matching *at, en_text expected, en_value actual);
bool en_match_differs_in(const en_matching *at, en_text expected, en_text found);

/* expect_forms.c */
typedef enum en_form_takes {
    EN_FORM_EXPECTATION,
    EN_FORM_EXPECTATIONS, /* an array of them */
    EN_FORM_VALUE,
    EN_FORM_SNAPSHOT,
    EN_FORM_PATTERN,
    EN_FORM_TEMPLATE,
    EN_FORM_DATE,
    EN_FORM_BUFFER
} en_form_takes;

typedef struct en_condition_form {
    const char *name;
    en_form_takes takes;
    bool (*check)(const en_matching *at, en_value given, en_value actual);
} en_condition_form;

typedef struct en_kind_form {
    const char *name;
    const char *said;
    bool (*is)(en_value value);
} en_kind_form;

extern const en_condition_form en_condition_forms[]; /* ended by { 0 } */
extern const en_kind_form en_kind_forms[];
/* NULL: there is none of that name. */
const en_condition_form *en_condition_form_find(en_text name);
const en_kind_form *en_kind_form_find(en_value expected);
/* "$word": "$5.00" is a text like any other. */
bool en_is_form(en_text text);
/* A collection whose members are all named so, and there is one. */
bool en_has_conditions(en_value expected);

/* expect_template.c */
/* False: it differs, and that is noted. `has_value` is for messages only. */
bool en_match_true(const en_matching *at, en_text source, en_value actual, bool has_value);

#endif
