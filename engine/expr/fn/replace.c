/* replace - functions that put other text in the place of some. Regular expressions are
 * JavaScript's (value/regex.h). */
#include "base/utf8.h"
#include "expr/fn.h"
#include "value/regex.h"
#include "value/unicode.h"

/* What to look for. `regex` is NULL for plain text. */
typedef struct search {
    en_text plain;
    const en_regex *regex;
    bool everywhere; /* g */
    bool sticky;     /* y: each match begins where the last one ended */
} search;

static const struct {
    char letter;
    unsigned flag;
} regex_flags[] = {
    { 'd', 0 }, /* asks JavaScript for positions */
    { 'g', 0 },
    { 'i', EN_REGEX_IGNORE_CASE },
    { 'm', EN_REGEX_MULTILINE },
    { 's', EN_REGEX_DOT_ALL },
    { 'u', EN_REGEX_UNICODE },
    { 'y', 0 },
};

static bool are_flags(en_text letters, unsigned *flags)
{
    *flags = 0;
    for (size_t i = 0; i < letters.length; i++) {
        size_t known = 0;
        while (known < sizeof regex_flags / sizeof *regex_flags &&
               regex_flags[known].letter != letters.data[i]) {
            known++;
        }
        if (known == sizeof regex_flags / sizeof *regex_flags) {
            return false;
        }
        *flags |= regex_flags[known].flag;
    }
    return true;
}

/* "/pattern/flags": what lies between the slashes. False for any other text. */
static bool read_pattern(en_text text, en_text *pattern, en_text *letters, unsigned *flags)
{
    size_t last = text.length;
    while (last > 0 && text.data[last - 1] != '/') {
        last--;
    }
    if (last < 3 || text.data[0] != '/') {
        return false;
    }
    *pattern = en_text_slice(text, 1, last - 1);
    *letters = en_text_slice(text, last, text.length);
    return are_flags(*letters, flags);
}

static bool has_letter(en_text letters, char letter)
{
    return en_text_find(letters, (en_text){ &letter, 1 }, 0) != SIZE_MAX;
}

static bool refuse_repeated(en_fn_call *call, en_text letters)
{
    for (size_t i = 1; i < letters.length; i++) {
        if (has_letter(en_text_slice(letters, 0, i), letters.data[i])) {
            return en_error_set(call->error, EN_DataError,
                                "Invalid flags supplied to RegExp constructor '%.*s'",
                                EN_TEXT_ARG(letters));
        }
    }
    return true;
}

static bool find_regex(en_fn_call *call, en_text pattern, unsigned flags, const en_regex **regex)
{
    en_scope *scope = call->scope;
    if (scope->patterns != NULL) {
        return en_regex_cache_get(scope->patterns, pattern, flags, regex, call->error);
    }
    en_regex *compiled;
    if (!en_regex_compile(scope->arena, pattern, flags, &compiled, call->error)) {
        return false;
    }
    *regex = compiled;
    return true;
}

/* `bare`: text that is not between slashes is a pattern too, and replaced everywhere. */
static bool read_search(en_fn_call *call, en_text text, bool bare, search *wanted)
{
    en_text pattern = text;
    en_text letters = EN_TEXT("g");
    unsigned flags = 0;
    *wanted = (search){ .plain = text };
    if (!read_pattern(text, &pattern, &letters, &flags)) {
        if (!bare || text.length == 0) {
            return true;
        }
        pattern = text;
        letters = EN_TEXT("g");
        flags = 0;
    }
    wanted->everywhere = has_letter(letters, 'g');
    wanted->sticky = has_letter(letters, 'y');
    return refuse_repeated(call, letters) && find_regex(call, pattern, flags, &wanted->regex);
}

static void add_span(en_builder *out, en_text text, en_regex_span span)
{
    if (span.start != SIZE_MAX) {
        en_builder_add(out, en_text_slice(text, span.start, span.end));
    }
}

/* The group that $n or $nn names, two digits if there are so many groups; 0: none. */
static size_t read_group(en_text replacement, size_t at, size_t groups, size_t *width)
{
    size_t number = 0;
    size_t best = 0;
    for (size_t i = 0; i < 2 && at + i < replacement.length; i++) {
        char digit = replacement.data[at + i];
        if (digit < '0' || digit > '9') {
            break;
        }
        number = number * 10 + (size_t)(digit - '0');
        if (number != 0 && number <= groups) {
            best = number;
            *width = i + 1;
        }
    }
    return best;
}

/* JavaScript's $$, $&, $`, $', $1…$99. */
static void add_replacement(en_builder *out, en_text text, const en_regex_span *spans,
                            size_t groups, en_text replacement)
{
    for (size_t at = 0; at < replacement.length; at++) {
        char byte = replacement.data[at];
        char next = at + 1 < replacement.length ? replacement.data[at + 1] : '\0';
        size_t width = 1;
        size_t group;
        if (byte != '$') {
            en_builder_add_char(out, byte);
            continue;
        }
        if (next == '$') {
            en_builder_add_char(out, '$');
        } else if (next == '&') {
            add_span(out, text, spans[0]);
        } else if (next == '`') {
            en_builder_add(out, en_text_slice(text, 0, spans[0].start));
        } else if (next == '\'') {
            en_builder_add(out, en_text_slice(text, spans[0].end, text.length));
        } else if ((group = read_group(replacement, at + 1, groups, &width)) != 0) {
            add_span(out, text, spans[group]);
        } else {
            en_builder_add_char(out, '$');
            continue;
        }
        at += width;
    }
}

static bool refuse_named_groups(en_fn_call *call, const en_regex *regex, en_text replacement)
{
    if (en_text_find(replacement, EN_TEXT("$<"), 0) == SIZE_MAX) {
        return true;
    }
    for (size_t i = 1; i <= en_regex_groups(regex); i++) {
        if (en_regex_group_name(regex, i).length != 0) {
            return en_error_set(call->error, EN_DataError,
                                "Named groups cannot be used in a replacement.");
        }
    }
    return true;
}

static bool replace_matches(en_fn_call *call, const search *wanted, en_text text,
                            en_text replacement, en_builder *out)
{
    en_arena *arena = call->scope->arena;
    size_t groups = en_regex_groups(wanted->regex);
    en_regex_span *spans = EN_TRY_ARRAY(arena, en_regex_span, groups + 1);
    size_t copied = 0;
    size_t from = 0;
    bool found = true;
    if (spans == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "Too many groups.");
    }
    while (found && !out->failed) {
        /* Each search has a limit, but there may be many: the clock is looked at every time. */
        if (!en_fn_spend(call, EN_LOOK_EVERY) ||
            !en_regex_search(wanted->regex, text, from, &found, spans, arena, call->error)) {
            return false;
        }
        if (!found || (wanted->sticky && spans[0].start != from)) {
            break;
        }
        en_builder_add(out, en_text_slice(text, copied, spans[0].start));
        add_replacement(out, text, spans, groups, replacement);
        copied = spans[0].end;
        from = copied;
        if (spans[0].end == spans[0].start && from < text.length) {
            (void)en_utf8_next(text, &from); /* an empty match goes on behind the next character */
        } else if (spans[0].end == spans[0].start) {
            break;
        }
        found = wanted->everywhere;
    }
    en_builder_add(out, en_text_slice(text, copied, text.length));
    return true;
}

static void replace_plain(en_text text, en_text part, en_text replacement, en_builder *out)
{
    size_t copied = 0;
    size_t found;
    while (part.length != 0 && !out->failed &&
           (found = en_text_find(text, part, copied)) != SIZE_MAX) {
        en_builder_add(out, en_text_slice(text, copied, found));
        en_builder_add(out, replacement);
        copied = found + part.length;
    }
    en_builder_add(out, en_text_slice(text, copied, text.length));
}

static bool replace(en_fn_call *call, bool bare, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    en_text replacement = en_value_text(call->args[2]);
    search wanted;
    en_builder out;
    en_fn_text_begin(call, &out);
    if (!read_search(call, en_value_text(call->args[1]), bare, &wanted)) {
        return false;
    }
    if (wanted.regex == NULL) {
        replace_plain(text, wanted.plain, replacement, &out);
    } else if (!refuse_named_groups(call, wanted.regex, replacement) ||
               !replace_matches(call, &wanted, text, replacement, &out)) {
        return false;
    }
    return en_fn_text_end(call, &out, result);
}

static bool fn_replace(en_fn_call *call, en_value *result)
{
    return replace(call, false, result);
}

static bool fn_replace_pattern(en_fn_call *call, en_value *result)
{
    return replace(call, true, result);
}

static bool fn_replace_emoji(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    en_text replacement = en_value_text(call->args[1]);
    size_t copied = 0;
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t at = 0; at < text.length && !out.failed;) {
        size_t end = en_unicode_skip_emoji(text, at);
        if (end == at) {
            (void)en_utf8_next(text, &at);
            continue;
        }
        en_builder_add(&out, en_text_slice(text, copied, at));
        en_builder_add(&out, replacement);
        at = end;
        copied = end;
    }
    en_builder_add(&out, en_text_slice(text, copied, text.length));
    return en_fn_text_end(call, &out, result);
}

#define TEXT_PARAM                                                                                 \
    {                                                                                              \
        "text", EN_T_TEXT, EN_FN_REQUIRED, "Any value, as text."                                   \
    }

const en_fn en_fns_replace[] = {
    { .name = "replace",
      .takes = { TEXT_PARAM,
                 { "search", EN_T_TEXT, EN_FN_REQUIRED,
                   "Replaced wherever it stands; \"/pattern/flags\" is a regular expression, "
                   "replaced once unless the flags have g." },
                 { "replacement", EN_T_TEXT, EN_FN_REQUIRED,
                   "The new text; behind a regular expression with $& and $1 to $99." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_replace,
      .doc = "The text with parts replaced.",
      .example = "{{replace(\"a-b-c\"; \"-\"; \"+\")}}",
      .result = "\"a+b+c\"" },
    { .name = "replaceEmojiCharacters",
      .takes = { TEXT_PARAM,
                 { "replacement", EN_T_TEXT, 0,
                   "Stands for each emoji; left out: removes them." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_replace_emoji,
      .doc = "The text with every emoji replaced; a family or a flag is one.",
      .example = "{{replaceEmojiCharacters(\"Hi 👩‍🚀🇨🇿\"; \"!\")}}",
      .result = "\"Hi !!\"" },
    { .name = "replacePattern",
      .takes = { TEXT_PARAM,
                 { "pattern", EN_T_TEXT, EN_FN_REQUIRED,
                   "A regular expression, replaced everywhere; as \"/pattern/flags\" with g "
                   "only." },
                 { "replacement", EN_T_TEXT, EN_FN_REQUIRED,
                   "The new text, with $& and $1 to $99." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_replace_pattern,
      .doc = "The text with what a regular expression finds replaced.",
      .example = "{{replacePattern(\"a1b22\"; \"\\d+\"; \"#\")}}",
      .result = "\"a#b#\"" },
    { 0 },
};
