/* How this differs from JavaScript, besides what the rewriter refuses:
 *   - a character above U+FFFF is one character, as with the flag u. Without u,
 *     too, U+212B is an å where case does not count.
 *   - a group inside a repeated group keeps what it caught in an earlier round; JavaScript
 *     forgets it at the beginning of each round.
 *   - JavaScript refuses a round of a repeated group that matched nothing and tries the group's
 *     other ways; PCRE2 takes it and ends the repeat. (a*)? catches "" here, nothing there;
 *     (a??)+ matches "" here, all the letters there.
 *   - what a lookbehind looks for must have a fixed length in each of its branches. */
#include "value/regex.h"

#include "base/clock.h"
#include "base/show.h"
#include "value/regex_rewrite.h"
#include "value/unicode.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    SUBJECT_BYTES = 2 << 20,
    /* Steps from one starting place. More with the subject, so that .*? can run through a big text.
     */
    STEPS = 100000,
    STEPS_PER_BYTE = 2,
    HEAP_KIB = 32 << 10,
    /* A pattern that is cheap from each place can still be dear from all of them together. */
    SEARCH_US = 1000000,
    CACHE_ENTRIES = 64,
    CLOCK_EVERY = 16
};

struct en_regex {
    pcre2_code *code;
    size_t groups;
    const en_text *names;
    en_text pattern;
};

static void close_code(void *code)
{
    pcre2_code_free(code);
}

static bool compile_source(en_arena *arena, en_text pattern, unsigned flags,
                           const en_regex_source *source, pcre2_code **code, en_error *error)
{
    uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOTALL | PCRE2_MATCH_UNSET_BACKREF |
                       PCRE2_NEVER_BACKSLASH_C;
    options |= (flags & EN_REGEX_IGNORE_CASE) != 0 ? PCRE2_CASELESS : 0;
    int problem;
    PCRE2_SIZE where;
    *code = pcre2_compile((PCRE2_SPTR)source->pattern.data, source->pattern.length, options,
                          &problem, &where, NULL);
    if (*code == NULL) {
        char shown[EN_SHOW_ROOM];
        char reason[128] = "";
        pcre2_get_error_message(problem, (PCRE2_UCHAR *)reason, sizeof reason);
        return en_error_set(error, EN_DataError,
                            "\"%s\" cannot be used as a regular expression: %s",
                            en_show(pattern, shown), reason);
    }
    en_arena_defer(arena, close_code, *code);
    /* Without memory that may be executed the interpreter does the work. */
    (void)pcre2_jit_compile(*code, PCRE2_JIT_COMPLETE);
    return true;
}

bool en_regex_compile(en_arena *arena, en_text pattern, unsigned flags, en_regex **regex,
                      en_error *error)
{
    if (pattern.length > EN_REGEX_PATTERN_BYTES) {
        return en_error_set(error, EN_DataError,
                            "a regular expression of %zu bytes is longer than the %d allowed",
                            pattern.length, EN_REGEX_PATTERN_BYTES);
    }
    if (!en_unicode_valid(pattern)) {
        return en_error_set(error, EN_DataError, "a regular expression is not valid UTF-8");
    }
    en_regex *made = EN_NEW(arena, en_regex);
    made->pattern = en_text_copy(arena, pattern);
    en_regex_source source;
    if (!en_regex_rewrite(arena, made->pattern, flags, &source, error) ||
        !compile_source(arena, pattern, flags, &source, &made->code, error)) {
        return false;
    }
    made->groups = source.groups;
    made->names = source.names;
    *regex = made;
    return true;
}

size_t en_regex_groups(const en_regex *regex)
{
    return regex->groups;
}

en_text en_regex_group_name(const en_regex *regex, size_t index)
{
    bool known = regex->names != NULL && index >= 1 && index <= regex->groups;
    return known ? regex->names[index - 1] : EN_TEXT("");
}

/* --- searching --- */

typedef struct search_watch {
    uint64_t starts;
    int64_t deadline_us; /* 0: not looked at the clock yet */
} search_watch;

/* Called at each place where a match is tried: the rewriter begins every pattern with a callout. */
static int watch_start(pcre2_callout_block *block, void *context)
{
    (void)block;
    search_watch *watch = context;
    if (++watch->starts % CLOCK_EVERY != 0) {
        return 0;
    }
    int64_t now_us = en_clock_ticks_us();
    if (watch->deadline_us == 0) {
        watch->deadline_us = now_us + SEARCH_US;
    }
    return now_us > watch->deadline_us ? PCRE2_ERROR_CALLOUT : 0;
}

/* PCRE2's working memory is the scratch arena's, so that it counts towards the run's. */
static void *take(size_t size, void *context)
{
    return en_arena_try(context, size, 1);
}

static void give_back(void *memory, void *context)
{
    (void)memory;
    (void)context; /* all at once, at the end of the search */
}

static bool report(const en_regex *regex, int code, en_error *error)
{
    char shown[EN_SHOW_ROOM];
    en_show(regex->pattern, shown);
    if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_DEPTHLIMIT ||
        code == PCRE2_ERROR_HEAPLIMIT || code == PCRE2_ERROR_JIT_STACKLIMIT ||
        code == PCRE2_ERROR_CALLOUT) {
        return en_error_set(error, EN_DataError,
                            "the regular expression \"%s\" is too expensive for this text", shown);
    }
    if (code == PCRE2_ERROR_NOMEMORY) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "not enough memory to search with the regular expression \"%s\"",
                            shown);
    }
    char reason[128] = "";
    pcre2_get_error_message(code, (PCRE2_UCHAR *)reason, sizeof reason);
    return en_error_set(error, EN_DataError, "the regular expression \"%s\" failed: %s", shown,
                        reason);
}

static int match(const en_regex *regex, en_text subject, size_t start, pcre2_match_data *data,
                 pcre2_match_context *context)
{
    search_watch watch = { 0 };
    pcre2_set_callout(context, watch_start, &watch);
    pcre2_set_match_limit(context, STEPS + STEPS_PER_BYTE * (uint32_t)subject.length);
    pcre2_set_heap_limit(context, HEAP_KIB);
    PCRE2_SPTR bytes = (PCRE2_SPTR)(subject.length != 0 ? subject.data : "");
    int code =
        pcre2_match(regex->code, bytes, subject.length, start, PCRE2_NO_UTF_CHECK, data, context);
    if (code == PCRE2_ERROR_JIT_STACKLIMIT) { /* the interpreter keeps its stack on the heap */
        code = pcre2_match(regex->code, bytes, subject.length, start,
                           PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, data, context);
    }
    pcre2_set_callout(context, NULL, NULL);
    return code;
}

static bool check_subject(en_text subject, size_t start, en_error *error)
{
    if (subject.length > SUBJECT_BYTES) {
        return en_error_set(error, EN_DataError,
                            "a text of %zu bytes is longer than the %d that can be searched with a "
                            "regular expression",
                            subject.length, SUBJECT_BYTES);
    }
    /* Values are valid UTF-8, and PCRE2 would read past the end of what is not. Later searches in
     * the same text skip this, or walking through its matches would be quadratic. */
    return start != 0 || en_unicode_valid(subject) ||
           en_error_set(error, EN_DataError, "a text to be searched is not valid UTF-8");
}

bool en_regex_search(const en_regex *regex, en_text subject, size_t start, bool *found,
                     en_regex_span *spans, en_arena *scratch, en_error *error)
{
    *found = false;
    if (!check_subject(subject, start, error)) {
        return false;
    }
    while (start < subject.length && ((unsigned char)subject.data[start] & 0xC0) == 0x80) {
        start++;
    }
    if (start > subject.length) {
        return true;
    }
    en_arena_mark mark = en_arena_get_mark(scratch);
    int code = PCRE2_ERROR_NOMEMORY;
    pcre2_general_context *memory = pcre2_general_context_create(take, give_back, scratch);
    pcre2_match_context *context = memory != NULL ? pcre2_match_context_create(memory) : NULL;
    pcre2_match_data *data =
        context != NULL ? pcre2_match_data_create_from_pattern(regex->code, memory) : NULL;
    if (data != NULL) {
        code = match(regex, subject, start, data, context);
    }
    if (code > 0) {
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
        for (size_t i = 0; i <= regex->groups; i++) {
            bool took_part = ends[2 * i] != PCRE2_UNSET;
            spans[i] = took_part ? (en_regex_span){ ends[2 * i], ends[2 * i + 1] }
                                 : (en_regex_span){ SIZE_MAX, SIZE_MAX };
        }
        *found = true;
    }
    en_arena_rewind(scratch, mark);
    return code > 0 || code == PCRE2_ERROR_NOMATCH || report(regex, code, error);
}

/* --- the cache --- */

typedef struct cache_entry {
    en_arena arena;
    en_regex *regex; /* NULL: free */
    unsigned flags;
    uint64_t used; /* when, counted in look-ups */
} cache_entry;

struct en_regex_cache {
    uint64_t lookups;
    en_arena arena;
    cache_entry *entries; /* NULL: most runs look none up */
};

static void close_cache(void *handle)
{
    en_regex_cache *cache = handle;
    for (size_t i = 0; cache->entries != NULL && i < CACHE_ENTRIES; i++) {
        en_arena_done(&cache->entries[i].arena);
    }
    en_arena_done(&cache->arena);
}

en_regex_cache *en_regex_cache_new(en_arena *arena)
{
    en_regex_cache *cache = EN_NEW(arena, en_regex_cache);
    en_arena_init(&cache->arena, arena->budget);
    en_arena_defer(arena, close_cache, cache);
    return cache;
}

static void make_entries(en_regex_cache *cache)
{
    cache->entries = en_arena_zero(&cache->arena, CACHE_ENTRIES * sizeof *cache->entries);
    for (size_t i = 0; i < CACHE_ENTRIES; i++) {
        en_arena_init(&cache->entries[i].arena, cache->arena.budget);
    }
}

bool en_regex_cache_get(en_regex_cache *cache, en_text pattern, unsigned flags,
                        const en_regex **regex, en_error *error)
{
    if (cache->entries == NULL) {
        make_entries(cache);
    }
    cache_entry *oldest = &cache->entries[0];
    for (size_t i = 0; i < CACHE_ENTRIES; i++) {
        cache_entry *entry = &cache->entries[i];
        if (entry->regex != NULL && entry->flags == flags &&
            en_text_equal(entry->regex->pattern, pattern)) {
            entry->used = ++cache->lookups;
            *regex = entry->regex;
            return true;
        }
        oldest = entry->used < oldest->used ? entry : oldest;
    }
    en_arena_done(&oldest->arena);
    oldest->regex = NULL;
    oldest->used = 0;
    en_regex *made;
    if (!en_regex_compile(&oldest->arena, pattern, flags, &made, error)) {
        return false;
    }
    oldest->regex = made;
    oldest->flags = flags;
    oldest->used = ++cache->lookups;
    *regex = made;
    return true;
}
