/* lexer - the words of an expression between {{ and }}.
 *
 * Shape:    pulls one token after the other from a template's source; `}}` outside quotes is the
 *           end. What a number is depends on what follows: 1.5 is one, 1.name a module's field.
 * Units:    byte offsets into the source.
 * Lifetime: token texts share the source, or lie in the arena where quotes were doubled.
 * Errors:   SyntaxError with source and caret.
 * Threads:  one lexer, one thread.
 */
#ifndef EN_EXPR_LEXER_H
#define EN_EXPR_LEXER_H

#include "expr/infix.h"

typedef enum en_token_kind {
    EN_TOKEN_END, /* the closing }} */
    EN_TOKEN_NUMBER,
    EN_TOKEN_NAME,
    EN_TOKEN_QUOTED, /* a name in back-quotes */
    EN_TOKEN_TEXT,
    EN_TOKEN_INFIX,
    EN_TOKEN_NOT,
    EN_TOKEN_OPEN,
    EN_TOKEN_CLOSE,
    EN_TOKEN_OPEN_BRACKET,
    EN_TOKEN_CLOSE_BRACKET,
    EN_TOKEN_DOT,
    EN_TOKEN_SEMICOLON,
    EN_TOKEN_COMMA
} en_token_kind;

typedef struct en_token {
    en_token_kind kind;
    size_t at;
    size_t end;
    en_text text;          /* a name or text without its quotes, a number's digits */
    const en_infix *infix; /* of EN_TOKEN_INFIX */
} en_token;

typedef struct en_lexer {
    en_text source;
    size_t opened; /* where the {{ stands */
    size_t at;
    const en_rules *rules;
    en_arena *arena;
    bool behind_dot;
} en_lexer;

EN_WARN_UNUSED bool en_lexer_next(en_lexer *lexer, en_token *token, en_error *error);
/* SyntaxError at an offset of the source; always false. */
EN_FORMAT(4, 5)
bool en_lexer_fail(const en_lexer *lexer, size_t at, en_error *error, const char *format, ...);

#endif
