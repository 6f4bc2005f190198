#include "expr/lexer.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

bool en_lexer_fail(const en_lexer *lexer, size_t at, en_error *error, const char *format, ...)
{
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_error_set(error, EN_SyntaxError, "%s", message);
    en_error_source(error, lexer->source, at);
    return false;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Make wants back-quotes around names outside ASCII; here they may stand bare. */
static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           byte == '$' || (unsigned char)byte >= 0x80;
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool starts_at(const en_lexer *lexer, size_t at, const char *word)
{
    size_t length = strlen(word);
    return lexer->source.length - at >= length &&
           memcmp(lexer->source.data + at, word, length) == 0;
}

static char peek(const en_lexer *lexer, size_t at)
{
    return at < lexer->source.length ? lexer->source.data[at] : '\0';
}

static void skip_space(en_lexer *lexer)
{
    for (;;) {
        if (lexer->at < lexer->source.length && is_space(lexer->source.data[lexer->at])) {
            lexer->at++;
        } else if (starts_at(lexer, lexer->at, "\xC2\xA0")) { /* pasted from a page */
            lexer->at += 2;
        } else {
            return;
        }
    }
}

static bool finish(en_lexer *lexer, en_token *token, en_token_kind kind, size_t end)
{
    token->kind = kind;
    token->end = end;
    token->text = en_text_slice(lexer->source, token->at, end);
    lexer->at = end;
    return true;
}

static size_t behind_digits(const en_lexer *lexer, size_t at)
{
    while (is_digit(peek(lexer, at))) {
        at++;
    }
    return at;
}

/* A fraction belongs to the number unless a path goes on behind it. */
static bool read_number(en_lexer *lexer, en_token *token)
{
    size_t end = behind_digits(lexer, token->at);
    if (peek(lexer, end) == '.' && is_digit(peek(lexer, end + 1))) {
        size_t behind = behind_digits(lexer, end + 1);
        char next = peek(lexer, behind);
        if (next != '.' && next != '[' && next != '`' && !is_letter(next)) {
            end = behind;
        }
    }
    return finish(lexer, token, EN_TOKEN_NUMBER, end);
}

static bool joins_names(const en_lexer *lexer, size_t at)
{
    return lexer->rules->hyphens_in_names && lexer->behind_dot && peek(lexer, at) == '-' &&
           is_letter(peek(lexer, at + 1));
}

static bool read_name(en_lexer *lexer, en_token *token)
{
    size_t end = token->at;
    while (is_letter(peek(lexer, end)) || is_digit(peek(lexer, end)) || joins_names(lexer, end)) {
        end++;
    }
    return finish(lexer, token, EN_TOKEN_NAME, end);
}

/* "…", '…' and `…`: the quote itself is doubled inside, a backslash is a backslash. */
static bool read_quoted(en_lexer *lexer, en_token *token, en_token_kind kind, en_error *error)
{
    const char *source = lexer->source.data;
    size_t length = lexer->source.length;
    char quote = source[token->at];
    size_t start = token->at + 1;
    size_t end = start;
    size_t doubled = 0;
    for (;;) {
        const char *found = end < length ? memchr(source + end, quote, length - end) : NULL;
        if (found == NULL) {
            return en_lexer_fail(lexer, token->at, error,
                                 "The %s that begins here has no closing %c",
                                 kind == EN_TOKEN_TEXT ? "text" : "name", quote);
        }
        end = (size_t)(found - source);
        if (end + 1 >= length || source[end + 1] != quote) {
            break;
        }
        doubled++;
        end += 2;
    }
    finish(lexer, token, kind, end + 1);
    token->text = en_text_slice(lexer->source, start, end);
    if (doubled == 0) {
        return true;
    }
    char *bytes = en_arena_alloc(lexer->arena, end - start - doubled);
    size_t count = 0;
    for (size_t at = start; at < end; at++) {
        bytes[count++] = source[at];
        at += source[at] == quote;
    }
    token->text = (en_text){ bytes, count };
    return true;
}

static const struct {
    char byte;
    en_token_kind kind;
} signs[] = {
    { '(', EN_TOKEN_OPEN },          { ')', EN_TOKEN_CLOSE }, { '[', EN_TOKEN_OPEN_BRACKET },
    { ']', EN_TOKEN_CLOSE_BRACKET }, { '.', EN_TOKEN_DOT },   { ';', EN_TOKEN_SEMICOLON },
    { ',', EN_TOKEN_COMMA },
};

static bool read_sign(en_lexer *lexer, en_token *token, en_error *error)
{
    char byte = lexer->source.data[lexer->at];
    size_t length;
    token->infix = en_infix_match(lexer->source, lexer->at, &length);
    if (token->infix != NULL) {
        return finish(lexer, token, EN_TOKEN_INFIX, lexer->at + length);
    }
    if (byte == '!') {
        return finish(lexer, token, EN_TOKEN_NOT, lexer->at + 1);
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (signs[i].byte == byte) {
            return finish(lexer, token, signs[i].kind, lexer->at + 1);
        }
    }
    return en_lexer_fail(
        lexer, token->at, error,
        (unsigned char)byte < ' ' ? "Unexpected control character %#x" : "Unexpected %c", byte);
}

bool en_lexer_next(en_lexer *lexer, en_token *token, en_error *error)
{
    skip_space(lexer);
    *token = (en_token){ .at = lexer->at };
    if (lexer->at >= lexer->source.length) {
        return en_lexer_fail(lexer, lexer->opened, error,
                             "The {{ that begins here has no closing }}");
    }
    char byte = lexer->source.data[lexer->at];
    bool read;
    if (starts_at(lexer, lexer->at, "}}")) {
        read = finish(lexer, token, EN_TOKEN_END, lexer->at + 2);
    } else if (is_digit(byte) && !lexer->behind_dot) {
        read = read_number(lexer, token);
    } else if (is_letter(byte) || is_digit(byte)) {
        read = read_name(lexer, token);
    } else if (byte == '"' || byte == '\'') {
        read = read_quoted(lexer, token, EN_TOKEN_TEXT, error);
    } else if (byte == '`') {
        read = read_quoted(lexer, token, EN_TOKEN_QUOTED, error);
    } else {
        read = read_sign(lexer, token, error);
    }
    lexer->behind_dot = token->kind == EN_TOKEN_DOT;
    return read;
}
