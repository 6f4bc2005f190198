#include "net/redact.h"

#include "value/json.h"

#include <string.h>

/* A text found under a rule is a secret only if no ordinary word is that long. */
enum { LEAST_FOUND = 16, MOST_SECRETS = 1000, MOST_NAME = 64 };

enum { IN_HEADER = 1, IN_QUERY = 2, IN_FIELD = 4, ANYWHERE = 7 };

typedef struct rule {
    const char *name; /* lower case, without - and _ */
    unsigned where;
} rule;

static const rule common[] = {
    { "authorization", ANYWHERE },
    { "proxyauthorization", ANYWHERE },
    { "cookie", IN_HEADER },
    { "setcookie", IN_HEADER },
    { "apikey", ANYWHERE },
    { "apitoken", ANYWHERE },
    { "token", ANYWHERE },
    { "accesstoken", ANYWHERE },
    { "refreshtoken", ANYWHERE },
    { "idtoken", ANYWHERE },
    { "authtoken", ANYWHERE },
    { "bearertoken", ANYWHERE },
    { "sessiontoken", ANYWHERE },
    { "securitytoken", ANYWHERE },
    { "csrftoken", ANYWHERE },
    { "password", ANYWHERE },
    { "passwd", ANYWHERE },
    { "passphrase", ANYWHERE },
    { "secret", ANYWHERE },
    { "secretkey", ANYWHERE },
    { "secretaccesskey", ANYWHERE },
    { "clientsecret", ANYWHERE },
    { "appsecret", ANYWHERE },
    { "privatekey", ANYWHERE },
    { "amzsignature", ANYWHERE },
    { "amzcredential", ANYWHERE },
    { "amzsecuritytoken", ANYWHERE },
    { "signature", IN_HEADER | IN_QUERY },
    { "sig", IN_QUERY },
    { "key", IN_QUERY },
};

/* The ways one secret is written. */
enum { PLAIN, IN_URL, IN_JSON, WAYS };

typedef struct secret {
    struct secret *next; /* not longer than this one, so that no tail of a longer one is left */
    en_text ways[WAYS];
} secret;

struct en_redactor {
    en_arena arena; /* its own: secrets are found while runs go on */
    rule *rules;
    size_t rule_count;
    secret *secrets;
    size_t secret_count;
};

/* --- names --- */

/* False: too long to be a rule. */
static bool normalize(en_text name, char room[MOST_NAME])
{
    size_t length = 0;
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.data[i];
        if (byte == '-' || byte == '_' || byte == ' ') {
            continue;
        }
        if (length + 1 == MOST_NAME) {
            return false;
        }
        room[length++] = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    }
    room[length] = '\0';
    return length != 0;
}

static bool stands_in(const rule *rules, size_t count, const char *name, unsigned where)
{
    for (size_t i = 0; i < count; i++) {
        if ((rules[i].where & where) != 0 && strcmp(rules[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* "X-Api-Key" is ruled by "apikey" too. */
static bool is_ruled(const en_redactor *redactor, en_text name, unsigned where)
{
    char room[MOST_NAME];
    if (!normalize(name, room)) {
        return false;
    }
    bool has_x = name.length > 2 && (name.data[0] == 'x' || name.data[0] == 'X') &&
                 (name.data[1] == '-' || name.data[1] == '_');
    return stands_in(redactor->rules, redactor->rule_count, room, where) ||
           stands_in(common, sizeof common / sizeof *common, room, where) ||
           (has_x && stands_in(common, sizeof common / sizeof *common, room + 1, where));
}

static void close_redactor(void *handle)
{
    en_arena_done(&((en_redactor *)handle)->arena);
}

en_redactor *en_redactor_new(en_arena *arena, const en_text *names, size_t count)
{
    en_redactor *redactor = EN_NEW(arena, en_redactor);
    en_arena_init(&redactor->arena, NULL);
    en_arena_defer(arena, close_redactor, redactor);
    redactor->rules = en_arena_alloc(arena, (count + 1) * sizeof *redactor->rules);
    for (size_t i = 0; i < count; i++) {
        char room[MOST_NAME];
        if (normalize(names[i], room)) {
            redactor->rules[redactor->rule_count++] =
                (rule){ en_text_terminate(arena, en_text_from(room)), ANYWHERE };
        }
    }
    return redactor;
}

bool en_redact_is_header(const en_redactor *redactor, en_text name)
{
    return is_ruled(redactor, name, IN_HEADER);
}

/* --- secrets --- */

static bool is_known(const en_redactor *redactor, en_text text)
{
    for (const secret *known = redactor->secrets; known != NULL; known = known->next) {
        if (en_text_equal(known->ways[PLAIN], text)) {
            return true;
        }
    }
    return false;
}

void en_redactor_add_secret(en_redactor *redactor, en_text text)
{
    if (text.length < EN_SECRET_LEAST || redactor->secret_count == MOST_SECRETS ||
        en_text_equal(text, EN_REDACTED) || is_known(redactor, text)) {
        return;
    }
    en_arena *arena = &redactor->arena;
    secret *added = EN_NEW(arena, secret);
    en_builder out;
    en_builder_init(&out, arena);
    en_url_encode(&out, text);
    added->ways[PLAIN] = en_text_copy(arena, text);
    added->ways[IN_URL] = en_builder_take(&out);
    en_text quoted = en_json_text(arena, en_text_value(text), 0);
    added->ways[IN_JSON] = en_text_slice(quoted, 1, quoted.length > 1 ? quoted.length - 1 : 0);
    secret **place = &redactor->secrets;
    while (*place != NULL && (*place)->ways[PLAIN].length > text.length) {
        place = &(*place)->next;
    }
    added->next = *place;
    *place = added;
    redactor->secret_count++;
}

/* What stood under a rule. */
static void learn(en_redactor *redactor, en_text text)
{
    size_t space = SIZE_MAX; /* "Bearer …" */
    for (size_t i = 0; i < text.length; i++) {
        space = text.data[i] == ' ' ? i : space;
    }
    en_text bare = space != SIZE_MAX ? en_text_slice(text, space + 1, text.length) : text;
    if (bare.length >= LEAST_FOUND) {
        en_redactor_add_secret(redactor, bare);
    }
}

static en_text replace(en_arena *arena, en_text text, en_text part)
{
    size_t at = part.length != 0 ? en_text_find(text, part, 0) : SIZE_MAX;
    if (at == SIZE_MAX) {
        return text;
    }
    en_builder out;
    en_builder_init(&out, arena);
    size_t done = 0;
    for (; at != SIZE_MAX; at = en_text_find(text, part, done)) {
        en_builder_add(&out, en_text_slice(text, done, at));
        en_builder_add(&out, EN_REDACTED);
        done = at + part.length;
    }
    en_builder_add(&out, en_text_slice(text, done, text.length));
    return en_builder_take(&out);
}

en_text en_redact_text(const en_redactor *redactor, en_arena *arena, en_text text)
{
    for (const secret *known = redactor->secrets; known != NULL; known = known->next) {
        for (size_t i = 0; i < WAYS; i++) {
            text = replace(arena, text, known->ways[i]);
        }
    }
    return text;
}

/* --- headers, URLs --- */

en_text en_redact_header(en_redactor *redactor, en_arena *arena, en_text name, en_text value)
{
    if (!en_redact_is_header(redactor, name)) {
        return en_redact_text(redactor, arena, value);
    }
    learn(redactor, value);
    return EN_REDACTED;
}

/* "a=1&token=x": of a query or a form. */
static void add_pairs(en_redactor *redactor, en_builder *out, en_text pairs)
{
    for (size_t start = 0; start <= pairs.length;) {
        size_t end = en_text_find(pairs, EN_TEXT("&"), start);
        en_text pair = en_text_slice(pairs, start, end);
        size_t equals = en_text_find(pair, EN_TEXT("="), 0);
        en_text name = en_text_slice(pair, 0, equals);
        en_builder_add(out, start != 0 ? EN_TEXT("&") : EN_TEXT(""));
        if (equals != SIZE_MAX && is_ruled(redactor, name, IN_QUERY)) {
            learn(redactor, en_text_slice(pair, equals + 1, pair.length));
            en_builder_add(out, name);
            en_builder_add(out, EN_TEXT("="));
            en_builder_add(out, EN_REDACTED);
        } else {
            en_builder_add(out, pair);
        }
        if (end == SIZE_MAX) {
            return;
        }
        start = end + 1;
    }
}

/* The end of "http://name:word@" and the place behind its colon; both SIZE_MAX: there is none. */
static void find_password(en_text url, size_t *start, size_t *end)
{
    size_t at = en_text_find(url, EN_TEXT("://"), 0);
    *start = *end = SIZE_MAX;
    if (at == SIZE_MAX) {
        return;
    }
    size_t colon = SIZE_MAX;
    for (at += 3; at < url.length && strchr("/?#", url.data[at]) == NULL; at++) {
        if (url.data[at] == ':' && colon == SIZE_MAX) {
            colon = at;
        }
        if (url.data[at] == '@' && colon != SIZE_MAX) {
            *start = colon + 1;
            *end = at;
        }
    }
}

en_text en_redact_url(en_redactor *redactor, en_arena *arena, en_text url)
{
    size_t start;
    size_t end;
    size_t query = en_text_find(url, EN_TEXT("?"), 0);
    size_t fragment = en_text_find(url, EN_TEXT("#"), 0);
    query = query < fragment ? query : SIZE_MAX;
    en_builder out;
    en_builder_init(&out, arena);
    find_password(url, &start, &end);
    size_t done = 0;
    if (start != SIZE_MAX) {
        learn(redactor, en_text_slice(url, start, end));
        en_builder_add(&out, en_text_slice(url, 0, start));
        en_builder_add(&out, EN_REDACTED);
        done = end;
    }
    if (query != SIZE_MAX) {
        en_builder_add(&out, en_text_slice(url, done, query + 1));
        add_pairs(redactor, &out, en_text_slice(url, query + 1, fragment));
        done = fragment < url.length ? fragment : url.length;
    }
    en_builder_add(&out, en_text_slice(url, done, url.length));
    return en_redact_text(redactor, arena, en_builder_take(&out));
}

/* --- bodies --- */

static en_value redact_value(en_redactor *redactor, en_arena *arena, en_value value, bool *changed);

static en_value redact_fields(en_redactor *redactor, en_arena *arena, en_value value, bool *changed)
{
    const en_member *members = en_collection_members(value);
    en_collection_builder fields;
    en_collection_builder_init(&fields, arena);
    for (uint32_t i = 0; i < en_collection_count(value); i++) {
        en_value inner = members[i].value;
        if (!en_is_missing(inner) && is_ruled(redactor, members[i].name, IN_FIELD)) {
            learn(redactor, en_value_text(inner));
            inner = en_text_value(EN_REDACTED);
            *changed = true;
        } else {
            inner = redact_value(redactor, arena, inner, changed);
        }
        en_collection_builder_add(&fields, members[i].name, inner);
    }
    return en_collection_builder_take(&fields);
}

/* The reader of JSON bounds the depth. */
static en_value redact_value(en_redactor *redactor, en_arena *arena, en_value value, bool *changed)
{
    if (en_is(value, EN_COLLECTION)) {
        return redact_fields(redactor, arena, value, changed);
    }
    if (!en_is(value, EN_ARRAY)) {
        return value;
    }
    en_array_builder items;
    en_array_builder_init(&items, arena);
    for (uint32_t i = 0; i < value.length; i++) {
        en_array_builder_add(&items, redact_value(redactor, arena, value.as.items[i], changed));
    }
    return en_array_builder_take(&items);
}

/* JSON in which nothing was found stays as it is written. */
static en_text redact_json(en_redactor *redactor, en_arena *arena, en_text body)
{
    en_text start = en_text_trim(body);
    en_value value;
    bool changed = false;
    if (start.length == 0 || (start.data[0] != '{' && start.data[0] != '[') ||
        !en_json_read(arena, body, EN_JSON_SHARE, EN_JSON_DEPTH, &value, NULL)) {
        return body;
    }
    value = redact_value(redactor, arena, value, &changed);
    return changed ? en_json_text(arena, value, 0) : body;
}

static bool is_form(en_text content_type)
{
    en_text type = en_text_slice(content_type, 0, en_text_find(content_type, EN_TEXT(";"), 0));
    return en_text_equal_nocase(en_text_trim(type), EN_TEXT("application/x-www-form-urlencoded"));
}

en_text en_redact_body(en_redactor *redactor, en_arena *arena, en_text content_type, en_text body)
{
    en_text clean = body;
    if (is_form(content_type)) {
        en_builder out;
        en_builder_init(&out, arena);
        add_pairs(redactor, &out, body);
        clean = en_builder_take(&out);
    } else {
        clean = redact_json(redactor, arena, body);
    }
    return en_redact_text(redactor, arena, clean);
}

en_text en_redact_part(en_redactor *redactor, en_arena *arena, const en_http_part *part)
{
    if (!is_ruled(redactor, part->name, IN_QUERY)) {
        return en_redact_body(redactor, arena, part->content_type, part->content);
    }
    learn(redactor, part->content);
    return EN_REDACTED;
}
