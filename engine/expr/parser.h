/* parser - from the text behind {{ to a syntax tree.
 *
 * Shape:    precedence climbing over the lexer's tokens; names are resolved and functions found on
 *           the way.
 * Units:    byte offsets into the source.
 * Lifetime: the tree lives in the resolver's arena and shares the source.
 * Errors:   SyntaxError with source and caret, worded as Make words them where it does.
 * Threads:  as the resolver.
 */
#ifndef EN_EXPR_PARSER_H
#define EN_EXPR_PARSER_H

#include "expr/node.h"

/* `opened` is where the {{ stands; *end becomes the offset behind its }}. */
EN_WARN_UNUSED bool en_expression_parse(en_resolver *resolver, en_text source, size_t opened,
                                        const en_node **node, size_t *end, en_error *error);

#endif
