#include "expr/parser.h"

#include "expr/lexer.h"
#include "expr/missing.h"
#include "expr/path.h"
#include "value/number.h"

enum { DEEPEST = EN_TALLEST_NODE };

typedef struct parser {
    en_lexer lexer;
    en_token token; /* the one that is looked at */
    en_resolver *resolver;
    en_error *error;
    en_maker maker;
    unsigned depth;
} parser;

static bool parse_expression(parser *parse, unsigned least, const en_node **node);

static bool advance(parser *parse)
{
    return en_lexer_next(&parse->lexer, &parse->token, parse->error);
}

static bool fail(const parser *parse, size_t at, const char *message)
{
    return en_lexer_fail(&parse->lexer, at, parse->error, "%s", message);
}

static bool check_height(const parser *parse, const en_node *node)
{
    return node->height <= EN_TALLEST_NODE ||
           fail(parse, node->at, "The expression is nested too deeply");
}

/* What is wrong with a token that no value can begin with. */
static bool refuse_token(const parser *parse)
{
    const en_token *token = &parse->token;
    switch (token->kind) {
    case EN_TOKEN_END:
        return fail(parse, token->at, "A value is missing before }}");
    case EN_TOKEN_INFIX:
        return fail(parse, token->at, "Operator on beginning of an expression.");
    default:
        return en_lexer_fail(&parse->lexer, token->at, parse->error, "Unexpected %.*s",
                             EN_TEXT_ARG(token->text));
    }
}

static bool expect(parser *parse, en_token_kind kind, const char *what, size_t opened)
{
    if (parse->token.kind == kind) {
        return advance(parse);
    }
    if (parse->token.kind == EN_TOKEN_COMMA && kind == EN_TOKEN_CLOSE) {
        return fail(parse, parse->token.at, "Arguments are separated by ; here, not by ,");
    }
    return en_lexer_fail(&parse->lexer,
                         parse->token.kind == EN_TOKEN_END ? opened : parse->token.at, parse->error,
                         "Expected %s before %.*s", what, EN_TEXT_ARG(parse->token.text));
}

/* --- paths --- */

typedef struct part_list {
    en_part *parts;
    size_t count;
    size_t capacity;
} part_list;

static bool add_part(parser *parse, part_list *list, en_part part)
{
    if (list->count == EN_PATH_MOST_PARTS) {
        return fail(parse, parse->token.at, "The path is too long");
    }
    list->parts = en_list_grow(parse->maker.arena, list->parts, list->count, &list->capacity,
                               sizeof *list->parts);
    list->parts[list->count++] = part;
    return true;
}

/* A constant index is a place or a name now. */
static en_part part_of_index(const parser *parse, const en_node *index)
{
    en_value value;
    en_part part = { .kind = EN_PART_COMPUTED, .computed = index };
    if (!en_node_constant(index, &value)) {
        return part;
    }
    if (value.tag == EN_TEXT_VALUE) {
        return en_part_of_name(en_value_text(value), parse->maker.rules);
    }
    if (en_value_integer(value, &part.index)) {
        part.kind = EN_PART_INDEX;
        part.computed = NULL;
    }
    return part;
}

static bool parse_bracket(parser *parse, part_list *list)
{
    size_t opened = parse->token.at;
    if (!advance(parse)) {
        return false;
    }
    if (parse->token.kind == EN_TOKEN_CLOSE_BRACKET) {
        return add_part(parse, list, (en_part){ .kind = EN_PART_ALL }) && advance(parse);
    }
    const en_node *index;
    return parse_expression(parse, EN_INFIX_LEAST, &index) &&
           add_part(parse, list, part_of_index(parse, index)) &&
           expect(parse, EN_TOKEN_CLOSE_BRACKET, "]", opened);
}

static bool parse_path(parser *parse, part_list *list)
{
    for (;;) {
        if (parse->token.kind == EN_TOKEN_OPEN_BRACKET) {
            if (!parse_bracket(parse, list)) {
                return false;
            }
        } else if (parse->token.kind == EN_TOKEN_DOT) {
            size_t dot = parse->token.at;
            if (!advance(parse)) {
                return false;
            }
            if (parse->token.kind != EN_TOKEN_NAME && parse->token.kind != EN_TOKEN_QUOTED) {
                return fail(parse, dot, "A name is missing behind the dot");
            }
            if (!add_part(parse, list, en_part_of_name(parse->token.text, parse->maker.rules)) ||
                !advance(parse)) {
                return false;
            }
        } else {
            return true;
        }
    }
}

/* --- references --- */

static bool is_integer_text(en_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.length != 0;
}

/* `name` is the first name, already passed. False in *found: no module has this id. */
static bool make_reference(parser *parse, const en_token *name, part_list *list, bool *found,
                           const en_node **node)
{
    bool is_id = name->kind != EN_TOKEN_NAME && is_integer_text(name->text);
    en_text field = list->count != 0 && list->parts[0].kind == EN_PART_FIELD ? list->parts[0].name
                                                                             : EN_TEXT("");
    en_ref ref = { .present = EN_NO_SLOT };
    *found = parse->resolver->resolve(parse->resolver, name->text, is_id, field, name->at, &ref);
    if (!*found) {
        ref = (en_ref){ .kind = EN_REF_NOTHING, .present = EN_NO_SLOT };
    }
    if (ref.headers_nocase && list->count > 1 && en_text_equal_nocase(field, EN_TEXT("headers"))) {
        list->parts[1].nocase = true;
    }
    *node =
        en_node_make_ref(parse->maker.arena, name->at, &ref, (en_path){ list->parts, list->count });
    return check_height(parse, *node);
}

static const struct {
    const char *name;
    en_value value;
} keywords[] = {
    { "true", { .tag = EN_BOOLEAN, .as.boolean = true } },
    { "false", { .tag = EN_BOOLEAN, .as.boolean = false } },
    { "null", { .tag = EN_NULL } },
    { "emptystring", { .tag = EN_TEXT_VALUE, .as.bytes = "" } },
    { "emptyarray", { .tag = EN_ARRAY } },
    { "space", { .tag = EN_TEXT_VALUE, .length = 1, .as.bytes = " " } },
    { "nbsp", { .tag = EN_TEXT_VALUE, .length = 2, .as.bytes = "\xC2\xA0" } },
    { "tab", { .tag = EN_TEXT_VALUE, .length = 1, .as.bytes = "\t" } },
    { "newline", { .tag = EN_TEXT_VALUE, .length = 1, .as.bytes = "\n" } },
    { "carriagereturn", { .tag = EN_TEXT_VALUE, .length = 1, .as.bytes = "\r" } },
    { "ignore", { .tag = EN_NOTHING } },
    { "erase", { .tag = EN_NULL } },
    { "pi", { .tag = EN_NUMBER, .as.number = 3.141592653589793 } },
};

static const en_node *find_keyword(const parser *parse, const en_token *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (en_text_equal(name->text, en_text_from(keywords[i].name))) {
            return en_node_make_constant(parse->maker.arena, name->at, keywords[i].value);
        }
    }
    return en_node_make_variable(parse->maker.arena, name->at, name->text);
}

/* --- calls --- */

static bool unknown_function(const parser *parse, const en_token *name)
{
    en_lexer_fail(&parse->lexer, name->at, parse->error, "Function '%.*s' not found!",
                  EN_TEXT_ARG(name->text));
    en_fn_missing_hint(name->text, parse->maker.rules, parse->error);
    return false;
}

static bool check_count(const parser *parse, const en_token *name, const en_fn *fn, size_t count)
{
    size_t least = en_fn_least_args(fn);
    size_t most = en_fn_most_args(fn);
    if (count < least) {
        return en_lexer_fail(&parse->lexer, name->at, parse->error,
                             "Function '%s' needs %zu argument%s, but %zu %s written", fn->name,
                             least, least == 1 ? "" : "s", count, count == 1 ? "is" : "are");
    }
    if (count > most) {
        return en_lexer_fail(&parse->lexer, name->at, parse->error,
                             "Function '%s' takes %zu argument%s, but %zu are written", fn->name,
                             most, most == 1 ? "" : "s", count);
    }
    return true;
}

typedef struct argument_list {
    const en_node **nodes;
    size_t count;
    size_t capacity;
} argument_list;

static void add_argument(parser *parse, argument_list *list, const en_node *node)
{
    list->nodes = en_list_grow(parse->maker.arena, list->nodes, list->count, &list->capacity,
                               sizeof *list->nodes);
    list->nodes[list->count++] = node;
}

static bool is_separator(const parser *parse, en_token_kind kind)
{
    return kind == EN_TOKEN_SEMICOLON ||
           (kind == EN_TOKEN_COMMA && parse->maker.rules->comma_separates);
}

/* Up to and with the `)`. The first separator decides which one the list uses: a comma never stands
 * in an expression, so a list that has both is wrong either way. */
static bool parse_arguments(parser *parse, argument_list *list)
{
    size_t opened = parse->token.at;
    if (!advance(parse)) {
        return false;
    }
    if (parse->token.kind == EN_TOKEN_CLOSE) {
        return advance(parse);
    }
    en_token_kind separator = EN_TOKEN_END;
    for (;;) {
        const en_node *node = NULL;
        bool empty = parse->token.kind == EN_TOKEN_CLOSE || is_separator(parse, parse->token.kind);
        if (!empty && !parse_expression(parse, EN_INFIX_LEAST, &node)) {
            return false;
        }
        add_argument(parse, list, node);
        en_token_kind kind = parse->token.kind;
        if (!is_separator(parse, kind) || (separator != EN_TOKEN_END && kind != separator)) {
            return expect(parse, EN_TOKEN_CLOSE, ")", opened);
        }
        separator = kind;
        if (!advance(parse)) {
            return false;
        }
    }
}

static bool parse_call(parser *parse, const en_token *name, const en_node **node)
{
    argument_list list = { 0 };
    en_text nearest;
    const en_fn *fn = en_fn_find(name->text, parse->maker.rules, &nearest);
    if (!parse_arguments(parse, &list)) {
        return false;
    }
    if (parse->resolver->check_functions &&
        !(fn != NULL ? check_count(parse, name, fn, list.count) : unknown_function(parse, name))) {
        return false;
    }
    *node = en_node_make_call(&parse->maker, name->at, fn, name->text, list.nodes, list.count);
    return check_height(parse, *node);
}

/* --- values --- */

/* JSON.stringify(…): a function of no dialect, but Make reads the name as one. */
static bool parse_dotted_call(parser *parse, en_token *name, const en_node **node)
{
    name->text = en_text_trim(en_text_slice(parse->lexer.source, name->at, parse->token.at));
    return parse_call(parse, name, node);
}

static bool parse_name(parser *parse, const en_node **node)
{
    en_token name = parse->token;
    part_list list = { 0 };
    bool found;
    if (!advance(parse)) {
        return false;
    }
    if (name.kind == EN_TOKEN_NAME && parse->token.kind == EN_TOKEN_OPEN) {
        return parse_call(parse, &name, node);
    }
    if (!parse_path(parse, &list)) {
        return false;
    }
    if (name.kind == EN_TOKEN_NAME && list.count == 0 &&
        (*node = find_keyword(parse, &name)) != NULL) {
        return true;
    }
    if (parse->token.kind == EN_TOKEN_OPEN) {
        return parse_dotted_call(parse, &name, node);
    }
    return make_reference(parse, &name, &list, &found, node);
}

static bool make_number(const parser *parse, const en_token *token, const en_node **node)
{
    en_value number;
    if (!en_number_read_text(token->text, &number)) {
        return fail(parse, token->at, "The number is too large");
    }
    *node = en_node_make_constant(parse->maker.arena, token->at, number);
    return true;
}

/* 1.5 and 4 are numbers, 4.name and 4[0] begin with module 4, and so is {{4}} in list files. */
static bool parse_number(parser *parse, const en_node **node)
{
    en_token number = parse->token;
    part_list list = { 0 };
    bool stands_first =
        en_text_trim(en_text_slice(parse->lexer.source, parse->lexer.opened + 2, number.at))
            .length == 0;
    if (!advance(parse) || !parse_path(parse, &list)) {
        return false;
    }
    bool alone = stands_first && parse->token.kind == EN_TOKEN_END;
    if (!is_integer_text(number.text) ||
        (list.count == 0 && !(alone && parse->maker.rules->integer_is_module))) {
        return list.count == 0 ? make_number(parse, &number, node)
                               : fail(parse, number.end, "A number has no fields");
    }
    bool found;
    if (!make_reference(parse, &number, &list, &found, node)) {
        return false;
    }
    return found || list.count != 0 || make_number(parse, &number, node);
}

static bool parse_text(parser *parse, const en_node **node)
{
    *node = en_node_make_constant(parse->maker.arena, parse->token.at,
                                  en_text_value(parse->token.text));
    return advance(parse);
}

static bool parse_parentheses(parser *parse, const en_node **node)
{
    size_t opened = parse->token.at;
    return advance(parse) && parse_expression(parse, EN_INFIX_LEAST, node) &&
           expect(parse, EN_TOKEN_CLOSE, ")", opened);
}

/* A minus in front of a value; written numbers keep their exact form. */
static bool parse_minus(parser *parse, const en_node **node)
{
    size_t at = parse->token.at;
    if (!advance(parse)) {
        return false;
    }
    if (parse->token.kind == EN_TOKEN_NUMBER) {
        en_token number = parse->token;
        number.text = en_text_format(parse->maker.arena, "-%.*s", EN_TEXT_ARG(number.text));
        en_lexer ahead = parse->lexer;
        en_token next;
        if (!en_lexer_next(&ahead, &next, parse->error)) {
            return false;
        }
        if (next.kind != EN_TOKEN_DOT && next.kind != EN_TOKEN_OPEN_BRACKET) {
            return make_number(parse, &number, node) && advance(parse);
        }
    }
    const en_node *operand;
    if (!parse_expression(parse, EN_INFIX_UNARY, &operand)) {
        return false;
    }
    const en_node *zero = en_node_make_constant(parse->maker.arena, at, en_number(0));
    *node = en_node_make_infix(&parse->maker, at, en_infix_subtract(), zero, operand);
    return check_height(parse, *node);
}

static bool parse_not(parser *parse, const en_node **node)
{
    size_t at = parse->token.at;
    const en_node *operand;
    if (!advance(parse) || !parse_expression(parse, EN_INFIX_UNARY, &operand)) {
        return false;
    }
    *node = en_node_make_not(&parse->maker, at, operand);
    return check_height(parse, *node);
}

static bool (*const values[])(parser *parse, const en_node **node) = {
    [EN_TOKEN_NUMBER] = parse_number, [EN_TOKEN_NAME] = parse_name,
    [EN_TOKEN_QUOTED] = parse_name,   [EN_TOKEN_TEXT] = parse_text,
    [EN_TOKEN_NOT] = parse_not,       [EN_TOKEN_OPEN] = parse_parentheses,
    [EN_TOKEN_COMMA] = NULL,
};

static bool parse_value(parser *parse, const en_node **node)
{
    if (parse->token.kind == EN_TOKEN_INFIX && parse->token.infix == en_infix_subtract()) {
        return parse_minus(parse, node);
    }
    if (values[parse->token.kind] == NULL) {
        return refuse_token(parse);
    }
    size_t at = parse->token.at;
    part_list list = { 0 };
    if (!values[parse->token.kind](parse, node) || !parse_path(parse, &list)) {
        return false;
    }
    if (list.count == 0) {
        return true;
    }
    *node = en_node_make_walk(parse->maker.arena, at, *node, (en_path){ list.parts, list.count });
    return check_height(parse, *node);
}

/* Behind a value stands an operator or something that ends the expression. */
static bool check_follows(const parser *parse)
{
    switch (parse->token.kind) {
    case EN_TOKEN_NUMBER:
    case EN_TOKEN_NAME:
    case EN_TOKEN_QUOTED:
    case EN_TOKEN_TEXT:
    case EN_TOKEN_NOT:
    case EN_TOKEN_OPEN:
        return en_lexer_fail(&parse->lexer, parse->token.at, parse->error,
                             "An operator is missing before %.*s", EN_TEXT_ARG(parse->token.text));
    default:
        return true;
    }
}

static bool parse_right(parser *parse, const en_infix *infix, const en_node **node)
{
    if (!advance(parse)) {
        return false;
    }
    if (parse->token.kind == EN_TOKEN_INFIX && parse->token.infix != en_infix_subtract()) {
        return fail(parse, parse->token.at, "Operator next to operator.");
    }
    if (parse->token.kind == EN_TOKEN_END || parse->token.kind == EN_TOKEN_CLOSE ||
        is_separator(parse, parse->token.kind)) {
        return fail(parse, parse->token.at, "Operator on end of an expression.");
    }
    return parse_expression(parse, infix->precedence + 1, node);
}

static bool parse_infixes(parser *parse, unsigned least, const en_node **node)
{
    while (check_follows(parse) && parse->token.kind == EN_TOKEN_INFIX &&
           parse->token.infix->precedence >= least) {
        const en_infix *infix = parse->token.infix;
        size_t at = parse->token.at;
        const en_node *right;
        if (!parse_right(parse, infix, &right)) {
            return false;
        }
        *node = en_node_make_infix(&parse->maker, at, infix, *node, right);
        if (!check_height(parse, *node)) {
            return false;
        }
    }
    return check_follows(parse);
}

static bool parse_expression(parser *parse, unsigned least, const en_node **node)
{
    if (parse->depth == DEEPEST) {
        return fail(parse, parse->token.at, "The expression is nested too deeply");
    }
    parse->depth++;
    bool parsed = parse_value(parse, node) && parse_infixes(parse, least, node);
    parse->depth--;
    return parsed;
}

bool en_expression_parse(en_resolver *resolver, en_text source, size_t opened, const en_node **node,
                         size_t *end, en_error *error)
{
    parser parse = {
        .lexer = { source, opened, opened + 2, resolver->rules, resolver->arena, false },
        .resolver = resolver,
        .error = error,
        .maker = { resolver->arena, resolver->rules },
    };
    if (!advance(&parse)) {
        return false;
    }
    if (parse.token.kind == EN_TOKEN_END) {
        return fail(&parse, opened, "There is nothing between {{ and }}");
    }
    if (!parse_expression(&parse, EN_INFIX_LEAST, node)) {
        return false;
    }
    if (parse.token.kind != EN_TOKEN_END) {
        return refuse_token(&parse);
    }
    *end = parse.token.end;
    return true;
}
