#include "cli/line.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#ifdef EN_EDITLINE
#include <histedit.h>
#include <locale.h>
#endif

enum { MOST_BYTES = 1 << 24 };

struct en_line_reader {
    en_context *context;
    const char *prompt;
    const en_text *names;
    size_t name_count;
    bool prompts;
#ifdef EN_EDITLINE
    EditLine *editor; /* NULL: plain lines */
    History *history;
    locale_t utf8;
#endif
};

void en_line_reader_know(en_line_reader *reader, const en_text *names, size_t count)
{
    reader->names = names;
    reader->name_count = count;
}

bool en_line_reader_prompts(const en_line_reader *reader)
{
    return reader->prompts;
}

/* --- plain --- */

static bool read_plain(en_line_reader *reader, en_arena *arena, en_text *line, bool *found,
                       en_error *error)
{
    if (reader->prompts) {
        fputs(reader->prompt, reader->context->out);
    }
    fflush(reader->context->out);
    en_builder text;
    en_builder_init(&text, arena);
    text.limit_bytes = MOST_BYTES;
    int byte = getc_unlocked(stdin);
    *found = byte != EOF;
    while (byte != EOF && byte != '\n') {
        en_builder_add_char(&text, (char)byte);
        byte = getc_unlocked(stdin);
    }
    if (ferror(stdin) != 0) {
        return en_error_set(error, EN_DataError, "cannot read stdin: %s", strerror(errno));
    }
    if (text.failed) {
        return en_error_set(error, EN_DataError, "a line is longer than %d bytes", MOST_BYTES);
    }
    *line = en_builder_take(&text);
    return true;
}

#ifdef EN_EDITLINE

/* --- edited --- */

enum { MOST_HISTORY = 500, MOST_WORD = 128 };

static char *give_prompt(EditLine *editor)
{
    en_line_reader *reader = NULL;
    el_get(editor, EL_CLIENTDATA, &reader);
    return (char *)(uintptr_t)reader->prompt; /* libedit only reads it */
}

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '$';
}

/* The name before the cursor; a dot belongs to it only where a command begins. */
static en_text word_before_cursor(const LineInfo *line)
{
    const char *start = line->cursor;
    while (start > line->buffer && is_word_byte(start[-1])) {
        start--;
    }
    if (start == line->buffer + 1 && line->buffer[0] == '.') {
        start--;
    }
    return (en_text){ start, (size_t)(line->cursor - start) };
}

/* How many names begin with the word, and what all of these begin with. */
static size_t find_common(const en_line_reader *reader, en_text word, en_text *common)
{
    size_t matches = 0;
    for (size_t i = 0; i < reader->name_count; i++) {
        en_text name = reader->names[i];
        if (!en_text_starts(name, word)) {
            continue;
        }
        if (matches++ == 0) {
            *common = name;
        }
        while (!en_text_starts(name, *common)) {
            common->length--;
        }
    }
    return matches;
}

static void list_matches(const en_line_reader *reader, en_text word)
{
    FILE *out = reader->context->out;
    fputc('\n', out);
    for (size_t i = 0; i < reader->name_count; i++) {
        if (en_text_starts(reader->names[i], word)) {
            fprintf(out, "%.*s  ", EN_TEXT_ARG(reader->names[i]));
        }
    }
    fputc('\n', out);
}

static unsigned char complete(EditLine *editor, int key)
{
    (void)key;
    en_line_reader *reader = NULL;
    el_get(editor, EL_CLIENTDATA, &reader);
    en_text word = word_before_cursor(el_line(editor));
    en_text common = word;
    size_t matches = word.length != 0 ? find_common(reader, word, &common) : 0;
    if (matches == 0) {
        return CC_ERROR;
    }
    char rest[MOST_WORD];
    int length = snprintf(rest, sizeof rest, "%.*s", (int)(common.length - word.length),
                          common.data + word.length);
    if (length > 0 && el_insertstr(editor, rest) == 0) {
        return CC_REFRESH;
    }
    if (matches == 1) {
        return CC_NORM;
    }
    list_matches(reader, word);
    return CC_REDISPLAY;
}

static void close_editor(void *handle)
{
    en_line_reader *reader = handle;
    if (reader->history != NULL) {
        history_end(reader->history);
    }
    if (reader->editor != NULL) {
        el_end(reader->editor);
    }
    if (reader->utf8 != (locale_t)0) {
        freelocale(reader->utf8);
    }
}

/* The library asks the locale how bytes make characters; ours are UTF-8 wherever we run. */
static locale_t enter_utf8(const en_line_reader *reader)
{
    return reader->utf8 != (locale_t)0 ? uselocale(reader->utf8) : (locale_t)0;
}

static void leave_utf8(locale_t before)
{
    if (before != (locale_t)0) {
        uselocale(before);
    }
}

static void open_editor(en_line_reader *reader)
{
    reader->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = enter_utf8(reader);
    reader->editor = el_init("enact", stdin, reader->context->out, reader->context->err);
    reader->history = history_init();
    if (reader->editor != NULL && reader->history != NULL) {
        HistEvent event;
        history(reader->history, &event, H_SETSIZE, MOST_HISTORY);
        history(reader->history, &event, H_SETUNIQUE, 1);
        el_set(reader->editor, EL_CLIENTDATA, reader);
        el_set(reader->editor, EL_PROMPT, give_prompt);
        el_set(reader->editor, EL_EDITOR, "emacs");
        el_set(reader->editor, EL_SIGNAL, 1); /* gives the terminal back before a signal ends us */
        el_set(reader->editor, EL_HIST, history, reader->history);
        /* The narrow call would copy both texts and never free them. */
        el_wset(reader->editor, EL_ADDFN, L"enact-complete", L"complete a name", complete);
        el_set(reader->editor, EL_BIND, "^I", "enact-complete", NULL);
    }
    en_arena_defer(reader->context->arena, close_editor, reader);
    leave_utf8(before);
}

static bool read_edited(en_line_reader *reader, en_arena *arena, en_text *line, bool *found,
                        en_error *error)
{
    fflush(reader->context->out);
    locale_t before = enter_utf8(reader);
    int count = 0;
    const char *typed = el_gets(reader->editor, &count);
    *found = typed != NULL && count > 0;
    if (count < 0) {
        en_error_set(error, EN_DataError, "cannot read the terminal: %s", strerror(errno));
    }
    if (*found) {
        *line = en_text_copy(arena, en_text_trim(en_text_from(typed)));
        HistEvent event;
        if (line->length != 0) {
            history(reader->history, &event, H_ENTER, en_text_terminate(arena, *line));
        }
    }
    leave_utf8(before);
    return count >= 0;
}

#endif

en_line_reader *en_line_reader_new(en_context *context, const char *prompt)
{
    en_line_reader *reader = EN_NEW(context->arena, en_line_reader);
    reader->context = context;
    reader->prompt = prompt;
    reader->prompts = context->out_is_terminal && isatty(STDIN_FILENO) != 0;
#ifdef EN_EDITLINE
    if (reader->prompts) {
        open_editor(reader);
    }
#endif
    return reader;
}

bool en_line_read(en_line_reader *reader, en_arena *arena, en_text *line, bool *found,
                  en_error *error)
{
#ifdef EN_EDITLINE
    if (reader->editor != NULL && reader->history != NULL) {
        return read_edited(reader, arena, line, found, error);
    }
#endif
    return read_plain(reader, arena, line, found, error);
}
