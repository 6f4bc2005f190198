#include "value/regex_rewrite.h"

#include "base/show.h"
#include "base/utf8.h"
#include "value/regex_set.h"

#include <string.h>

enum { WRITTEN_BYTES = 1 << 20 }; /* far more than PCRE2 compiles */

typedef struct level {
    size_t group;      /* 0: does not capture */
    bool repeatable;   /* a quantifier may follow its end */
    bool looks_behind; /* this level or one around it */
} level;

typedef struct rewriter {
    en_text in;
    size_t at;
    unsigned flags;
    size_t groups; /* in the whole pattern */
    size_t opened; /* so far */
    bool has_names;
    en_text *names;
    en_regex_range *ranges; /* room for every set of the pattern, one behind the other */
    size_t ranges_used;
    level levels[EN_REGEX_LEVELS + 1];
    size_t depth;
    en_builder out;
    en_error *error;
} rewriter;

static bool refuse(rewriter *r, size_t at, const char *what)
{
    char shown[EN_SHOW_ROOM];
    size_t character = 1;
    for (size_t i = 0; i < at && i < r->in.length; i++) {
        character += ((unsigned char)r->in.data[i] & 0xC0) != 0x80;
    }
    return en_error_set(r->error, EN_DataError,
                        "\"%s\" is not a regular expression: %s at character %zu",
                        en_show(r->in, shown), what, character);
}

static bool has(const rewriter *r, const char *next)
{
    size_t length = strlen(next);
    return r->in.length - r->at >= length && memcmp(r->in.data + r->at, next, length) == 0;
}

/* The byte `ahead` of the present place, or NUL behind the end. */
static char peek(const rewriter *r, size_t ahead)
{
    return r->in.length - r->at > ahead ? r->in.data[r->at + ahead] : '\0';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static int hex_digit(char byte)
{
    if (is_digit(byte)) {
        return byte - '0';
    }
    char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static void emit(rewriter *r, const char *text)
{
    en_builder_add(&r->out, en_text_from(text));
}

/* --- names of groups --- */

static bool is_name_byte(char byte, bool first)
{
    return is_letter(byte) || byte == '_' || byte == '$' || (unsigned char)byte >= 0x80 ||
           (!first && is_digit(byte));
}

/* The name from `start` to its '>'; empty when there is none. */
static en_text read_name(en_text in, size_t start)
{
    size_t end = start;
    while (end < in.length && is_name_byte(in.data[end], end == start)) {
        end++;
    }
    return end < in.length && in.data[end] == '>' ? en_text_slice(in, start, end)
                                                  : (en_text){ "", 0 };
}

static size_t find_name(const rewriter *r, en_text name)
{
    for (size_t i = 0; i < r->groups && r->names != NULL; i++) {
        if (name.length != 0 && en_text_equal(r->names[i], name)) {
            return i + 1;
        }
    }
    return 0;
}

/* Finds every opening parenthesis that captures, before anything is written: whether \2 is a
 * reference or an octal number and what \k means depends on groups that may come later. With
 * `names`, notes the name of each. */
static void scan_groups(rewriter *r, en_text *names)
{
    bool in_class = false;
    size_t groups = 0;
    for (size_t i = 0; i < r->in.length; i++) {
        char byte = r->in.data[i];
        if (byte == '\\') {
            i++;
        } else if (in_class) {
            in_class = byte != ']';
        } else if (byte == '[') {
            in_class = true;
        } else if (byte == '(') {
            en_text rest = en_text_slice(r->in, i + 1, i + 4);
            bool named = rest.length == 3 && en_text_starts(rest, EN_TEXT("?<")) &&
                         rest.data[2] != '=' && rest.data[2] != '!';
            if (named || !en_text_starts(rest, EN_TEXT("?"))) {
                r->has_names = r->has_names || named;
                if (names != NULL) {
                    names[groups] = named ? read_name(r->in, i + 3) : (en_text){ "", 0 };
                }
                groups++;
            }
        }
    }
    r->groups = groups;
}

/* --- escapes that stand for one character --- */

/* Exactly `digits` hex digits behind the letter at `at`. */
static bool read_hex(rewriter *r, size_t digits, uint32_t *rune)
{
    *rune = 0;
    for (size_t i = 0; i < digits; i++) {
        int value = hex_digit(peek(r, 1 + i));
        if (value < 0) {
            return false;
        }
        *rune = *rune * 16 + (uint32_t)value;
    }
    r->at += 1 + digits;
    return true;
}

/* Up to three octal digits with a value of at most 0377 (annex B). */
static uint32_t read_octal(rewriter *r)
{
    uint32_t value = 0;
    for (int i = 0; i < 3 && peek(r, 0) >= '0' && peek(r, 0) <= '7'; i++) {
        uint32_t more = value * 8 + (uint32_t)(peek(r, 0) - '0');
        if (more > 0xFF) {
            break;
        }
        value = more;
        r->at++;
    }
    return value;
}

static uint32_t read_control(rewriter *r, bool in_class)
{
    char next = peek(r, 1);
    if (is_letter(next) || (in_class && (is_digit(next) || next == '_'))) {
        r->at += 2;
        return (uint32_t)next & 0x1F;
    }
    return '\\'; /* the c is read next, as a character */
}

/* The character that the escape behind a backslash names; `at` stands on its letter. */
static uint32_t read_character_escape(rewriter *r, bool in_class)
{
    static const char letters[] = "fnrtv";
    static const char controls[] = "\f\n\r\t\v";
    char letter = peek(r, 0);
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
    uint32_t rune;
    if (found != NULL) {
        r->at++;
        return (uint32_t)controls[found - letters];
    }
    if (letter == 'c') {
        return read_control(r, in_class);
    }
    if (letter >= '0' && letter <= '7') {
        return read_octal(r);
    }
    if ((letter == 'x' && read_hex(r, 2, &rune)) || (letter == 'u' && read_hex(r, 4, &rune))) {
        return rune;
    }
    return en_utf8_next(r->in, &r->at);
}

/* --- sets --- */

/* One side of a possible range inside brackets: a character, or a class escape that is put into the
 * set at once. */
static bool read_class_atom(rewriter *r, en_regex_set *set, uint32_t *rune, bool *is_class)
{
    *is_class = false;
    if (peek(r, 0) != '\\') {
        *rune = en_utf8_next(r->in, &r->at);
        return true;
    }
    r->at++;
    if (r->at == r->in.length) {
        return refuse(r, r->at, "nothing behind the last \\");
    }
    if (en_regex_set_add_class(set, peek(r, 0))) {
        *is_class = true;
        r->at++;
    } else if (peek(r, 0) == 'b') {
        *rune = '\b';
        r->at++;
    } else if (peek(r, 0) == 'k' && r->has_names) {
        return refuse(r, r->at, "\\k inside brackets");
    } else {
        *rune = read_character_escape(r, true);
    }
    return true;
}

/* A character, or a range of two. A hyphen beside a class escape is a hyphen: [\w-\.]. */
static bool read_class_item(rewriter *r, en_regex_set *set)
{
    size_t start = r->at;
    uint32_t low;
    uint32_t high;
    bool low_is_class;
    bool high_is_class;
    if (!read_class_atom(r, set, &low, &low_is_class)) {
        return false;
    }
    if (peek(r, 0) != '-' || r->in.length - r->at < 2 || peek(r, 1) == ']') {
        if (!low_is_class) {
            en_regex_set_add(set, low, low);
        }
        return true;
    }
    r->at++;
    if (!read_class_atom(r, set, &high, &high_is_class)) {
        return false;
    }
    if (low_is_class || high_is_class) {
        en_regex_set_add(set, '-', '-');
        if (!low_is_class) {
            en_regex_set_add(set, low, low);
        }
        if (!high_is_class) {
            en_regex_set_add(set, high, high);
        }
        return true;
    }
    if (low > high) {
        return refuse(r, start, "a range in brackets that goes backwards");
    }
    en_regex_set_add(set, low, high);
    return true;
}

/* From '[' to ']'. */
static bool read_class(rewriter *r, en_regex_set *set)
{
    size_t start = r->at++;
    if (peek(r, 0) == '^') {
        set->negated = true;
        r->at++;
    }
    while (r->at < r->in.length && peek(r, 0) != ']') {
        if (!read_class_item(r, set)) {
            return false;
        }
    }
    if (r->at == r->in.length) {
        return refuse(r, start, "[ without its ]");
    }
    r->at++;
    return true;
}

static en_regex_set new_set(rewriter *r)
{
    return (en_regex_set){ .ranges = r->ranges + r->ranges_used };
}

/* A second half of a surrogate pair, written as \uXXXX or in brackets, right at the present place.
 */
static bool read_low_half(rewriter *r, en_regex_set *low)
{
    size_t start = r->at;
    bool read = false;
    if (has(r, "\\u")) {
        uint32_t rune;
        r->at++;
        read = read_hex(r, 4, &rune);
        if (read) {
            en_regex_set_add(low, rune, rune);
        }
    } else if (peek(r, 0) == '[') {
        en_error *error = r->error;
        r->error = NULL; /* what is wrong with it is said when it is read again */
        read = read_class(r, low);
        r->error = error;
    }
    if (!read || !en_regex_set_is_within(low, 0xDC00, 0xDFFF)) {
        r->at = start;
        return false;
    }
    return true;
}

/* Case does not count, as JavaScript has it without the flag u. */
static bool folds_ascii_only(const rewriter *r)
{
    return (r->flags & (EN_REGEX_IGNORE_CASE | EN_REGEX_UNICODE)) == EN_REGEX_IGNORE_CASE;
}

/* Writes a set. Patterns made for UTF-16 spell characters above U+FFFF as two halves; where a set
 * of first halves is followed by one of second halves, the characters they make are written. */
static void emit_set(rewriter *r, const en_regex_set *set)
{
    size_t used = r->ranges_used;
    if (en_regex_set_is_within(set, 0xD800, 0xDBFF)) {
        r->ranges_used += set->count;
        en_regex_set low = new_set(r);
        if (read_low_half(r, &low)) {
            en_regex_set_print_pairs(set, &low, &r->out);
            r->ranges_used = used;
            return;
        }
        r->ranges_used = used;
    }
    if (folds_ascii_only(r)) {
        en_regex_set_print_caseless(set, &r->out);
    } else {
        en_regex_set_print(set, &r->out);
    }
}

static void emit_character(rewriter *r, uint32_t rune)
{
    bool is_half = rune >= 0xD800 && rune <= 0xDFFF;
    bool folds = folds_ascii_only(r) && en_regex_folds_beyond_ascii(rune);
    if (is_half || folds) {
        en_regex_set set = new_set(r);
        en_regex_set_add(&set, rune, rune);
        emit_set(r, &set);
    } else {
        en_regex_print_rune(&r->out, rune);
    }
}

/* --- atoms --- */

/* Groups that are still open, or not reached yet, have caught nothing when a reference to them is
 * tried, and a reference to nothing matches the empty text. */
static void emit_reference(rewriter *r, size_t group)
{
    bool looks_behind = r->levels[r->depth].looks_behind;
    bool open = false;
    for (size_t i = 1; i <= r->depth; i++) {
        open = open || r->levels[i].group == group;
    }
    if (open || (group > r->opened && !looks_behind)) {
        emit(r, "(?:)");
    } else {
        /* In a group of its own: PCRE2's compiled code fails where an unset reference is repeated.
         */
        en_builder_format(&r->out, "(?:\\g{%zu})", group);
    }
}

/* \1 to \9… as a reference, if the pattern has that many groups. */
static bool read_reference(rewriter *r)
{
    size_t group = 0;
    size_t at = r->at;
    while (at < r->in.length && is_digit(r->in.data[at]) && group <= r->groups) {
        group = group * 10 + (size_t)(r->in.data[at++] - '0');
    }
    if (peek(r, 0) == '0' || group == 0 || group > r->groups ||
        (at < r->in.length && is_digit(r->in.data[at]))) {
        return false;
    }
    r->at = at;
    emit_reference(r, group);
    return true;
}

static bool read_named_reference(rewriter *r)
{
    en_text name = peek(r, 1) == '<' ? read_name(r->in, r->at + 2) : (en_text){ "", 0 };
    size_t group = find_name(r, name);
    if (group == 0) {
        return refuse(r, r->at, "\\k without the name of a group");
    }
    r->at += 3 + name.length;
    emit_reference(r, group);
    return true;
}

/* What a backslash begins outside brackets. */
static bool read_escape(rewriter *r, bool *repeatable)
{
    r->at++;
    if (r->at == r->in.length) {
        return refuse(r, r->at, "nothing behind the last \\");
    }
    char letter = peek(r, 0);
    if (letter == 'b' || letter == 'B') {
        r->at++;
        emit(r, letter == 'b' ? "\\b" : "\\B");
        *repeatable = false;
        return true;
    }
    if (is_digit(letter) && read_reference(r)) {
        return true;
    }
    if (letter == 'k' && r->has_names) {
        return read_named_reference(r);
    }
    en_regex_set set = new_set(r);
    if (en_regex_set_add_class(&set, letter)) {
        r->at++;
        en_regex_set_print(&set, &r->out);
        return true;
    }
    emit_character(r, read_character_escape(r, false));
    return true;
}

static const struct group_kind {
    const char *opening;
    const char *written;
    bool repeatable;
    bool looks_behind;
} group_kinds[] = {
    { "(?:", "(?:", true, false },   { "(?=", "(?=", true, false },   { "(?!", "(?!", true, false },
    { "(?<=", "(?<=", false, true }, { "(?<!", "(?<!", false, true },
};

static bool push_level(rewriter *r, level next)
{
    if (r->depth == EN_REGEX_LEVELS) {
        return refuse(r, r->at, "more than 200 levels of groups");
    }
    next.looks_behind = next.looks_behind || r->levels[r->depth].looks_behind;
    r->levels[++r->depth] = next;
    return true;
}

static bool open_group(rewriter *r)
{
    for (size_t i = 0; i < sizeof group_kinds / sizeof *group_kinds; i++) {
        const struct group_kind *kind = &group_kinds[i];
        if (has(r, kind->opening)) {
            if (!push_level(r, (level){ 0, kind->repeatable, kind->looks_behind })) {
                return false;
            }
            r->at += strlen(kind->opening);
            emit(r, kind->written);
            return true;
        }
    }
    en_text name = has(r, "(?<") ? read_name(r->in, r->at + 3) : (en_text){ "", 0 };
    if (has(r, "(?") && name.length == 0) {
        return refuse(r, r->at, "an unknown kind of group");
    }
    if (find_name(r, name) != 0 && find_name(r, name) != r->opened + 1) {
        return refuse(r, r->at, "a second group of the same name");
    }
    if (!push_level(r, (level){ r->opened + 1, true, false })) {
        return false;
    }
    r->opened++;
    r->at += name.length != 0 ? name.length + 4 : 1;
    emit(r, "(");
    return true;
}

static bool close_group(rewriter *r, bool *repeatable)
{
    if (r->depth == 0) {
        return refuse(r, r->at, ") without its (");
    }
    *repeatable = r->levels[r->depth--].repeatable;
    r->at++;
    emit(r, ")");
    return true;
}

/* --- quantifiers --- */

typedef struct repeat {
    size_t least;
    size_t most; /* SIZE_MAX: no end */
    size_t length;
} repeat;

static size_t read_count(const rewriter *r, size_t *ahead)
{
    size_t count = 0;
    while (is_digit(peek(r, *ahead))) {
        count = count <= EN_REGEX_REPEATS ? count * 10 + (size_t)(peek(r, *ahead) - '0') : count;
        (*ahead)++;
    }
    return count;
}

/* {2}, {2,} or {2,3}. Anything else in braces is text. */
static bool read_braces(const rewriter *r, repeat *found)
{
    size_t ahead = 1;
    if (peek(r, 0) != '{' || !is_digit(peek(r, 1))) {
        return false;
    }
    found->least = read_count(r, &ahead);
    found->most = found->least;
    if (peek(r, ahead) == ',') {
        ahead++;
        found->most = is_digit(peek(r, ahead)) ? read_count(r, &ahead) : SIZE_MAX;
    }
    found->length = ahead + 1;
    return peek(r, ahead) == '}';
}

static bool read_quantifier(rewriter *r)
{
    repeat found;
    char first = peek(r, 0);
    if (first == '*' || first == '+' || first == '?') {
        en_builder_add_char(&r->out, first);
        r->at++;
    } else if (read_braces(r, &found)) {
        if (found.least > found.most) {
            return refuse(r, r->at, "a repeat count that goes backwards");
        }
        if (found.least > EN_REGEX_REPEATS ||
            (found.most > EN_REGEX_REPEATS && found.most != SIZE_MAX)) {
            return refuse(r, r->at, "a repeat count above 65535");
        }
        en_builder_add(&r->out, en_text_slice(r->in, r->at, r->at + found.length));
        r->at += found.length;
    } else {
        return true;
    }
    if (peek(r, 0) == '?') {
        en_builder_add_char(&r->out, '?');
        r->at++;
    }
    return true;
}

/* --- the whole --- */

#define LINE_END "\\n\\r\\x{2028}\\x{2029}"

static bool read_set_atom(rewriter *r)
{
    en_regex_set set = new_set(r);
    if (!read_class(r, &set)) {
        return false;
    }
    emit_set(r, &set);
    return true;
}

/* ^ $ . | and what cannot stand here. True with *done false: an ordinary character. */
static bool read_symbol(rewriter *r, bool *done, bool *repeatable)
{
    bool multiline = (r->flags & EN_REGEX_MULTILINE) != 0;
    repeat braces;
    char symbol = peek(r, 0);
    *done = true;
    *repeatable = symbol == '.';
    switch (symbol) {
    case '^':
        emit(r, multiline ? "(?<![^" LINE_END "])" : "\\A");
        break;
    case '$':
        emit(r, multiline ? "(?![^" LINE_END "])" : "\\z");
        break;
    case '.':
        emit(r, (r->flags & EN_REGEX_DOT_ALL) != 0 ? "." : "[^" LINE_END "]");
        break;
    case '|':
        emit(r, "|");
        break;
    case '*':
    case '+':
    case '?':
        return refuse(r, r->at, "nothing to repeat");
    case '{':
        if (read_braces(r, &braces)) {
            return refuse(r, r->at, "nothing to repeat");
        }
        *done = false;
        return true;
    default:
        *done = false;
        return true;
    }
    r->at++;
    return true;
}

static bool read_part(rewriter *r, bool *repeatable)
{
    *repeatable = true;
    switch (peek(r, 0)) {
    case '(':
        *repeatable = false;
        return open_group(r);
    case ')':
        return close_group(r, repeatable);
    case '[':
        return read_set_atom(r);
    case '\\':
        return read_escape(r, repeatable);
    default:
        break;
    }
    bool done;
    if (!read_symbol(r, &done, repeatable)) {
        return false;
    }
    if (!done) {
        *repeatable = true;
        emit_character(r, en_utf8_next(r->in, &r->at));
    }
    return true;
}

static bool read_all(rewriter *r)
{
    while (r->at < r->in.length) {
        bool repeatable;
        if (!read_part(r, &repeatable) || (repeatable && !read_quantifier(r))) {
            return false;
        }
    }
    return r->depth == 0 || refuse(r, r->at, "( without its )");
}

bool en_regex_rewrite(en_arena *arena, en_text pattern, unsigned flags, en_regex_source *source,
                      en_error *error)
{
    rewriter *r = EN_NEW(arena, rewriter);
    r->in = pattern;
    r->flags = flags;
    r->error = error;
    /* \S is two bytes long and the longest of all. */
    r->ranges =
        EN_TRY_ARRAY(arena, en_regex_range, (pattern.length + 1) / 2 * EN_REGEX_CLASS_RANGES + 1);
    if (r->ranges == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "not enough memory for a regular expression");
    }
    scan_groups(r, NULL);
    if (r->has_names) {
        r->names = EN_TRY_ARRAY(arena, en_text, r->groups);
        if (r->names == NULL) {
            return en_error_set(error, EN_DataSizeLimitExceededError,
                                "not enough memory for a regular expression");
        }
        scan_groups(r, r->names);
    }
    en_builder_init(&r->out, arena);
    r->out.limit_bytes = WRITTEN_BYTES;
    emit(r, "(?C1)(?:");
    if (!read_all(r)) {
        return false;
    }
    emit(r, ")");
    bool failed = r->out.failed;
    *source = (en_regex_source){ en_builder_take(&r->out), r->groups, r->names };
    return !failed || en_error_set(error, EN_DataError, "a regular expression is too large");
}
