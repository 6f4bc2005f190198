#include "flow/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One answer: bundles, or an error. */
typedef struct answer {
    bool fails;
    bool is_list; /* written as [ … ]: one list in list and object files, bundles in blueprints */
    en_value bundles;
    en_error_type type;
    int status_code;
    en_text message;
} answer;

struct en_mock {
    en_text name;
    const answer *answers; /* one for each call, the last repeats */
    size_t count;
};

struct en_mocks {
    const en_mock *entries;
    size_t count;
    en_value source;
    const en_mock *automatic; /* for unknown and outside modules without an entry; or NULL */
};

static bool read_error(en_value value, answer *made, en_error *error)
{
    en_value type = en_collection_find(value, EN_TEXT("type"));
    made->fails = true;
    made->type =
        type.tag == EN_TEXT_VALUE ? en_error_type_find(en_value_text(type)) : EN_RuntimeError;
    if (made->type == EN_NO_ERROR) {
        return en_error_set(error, EN_SyntaxError, "there is no type of error called \"%.*s\"",
                            EN_TEXT_ARG(en_value_text(type)));
    }
    made->message = en_value_text(en_collection_find(value, EN_TEXT("message")));
    en_value status = en_collection_find(value, EN_TEXT("statusCode"));
    int64_t code = 0;
    if (!en_is_missing(status) && (!en_value_integer(status, &code) || code < 100 || code > 599)) {
        return en_error_set(error, EN_SyntaxError, "statusCode must be a number from 100 to 599");
    }
    made->status_code = (int)code;
    return true;
}

static bool has_only(en_value value, const char *name)
{
    return en_collection_count(value) == 1 && en_collection_has(value, en_text_from(name));
}

static bool read_answer(en_arena *arena, en_value value, answer *made, en_error *error)
{
    if (has_only(value, "error")) {
        return read_error(en_collection_find(value, EN_TEXT("error")), made, error);
    }
    if (has_only(value, "bundles")) {
        made->bundles = en_collection_find(value, EN_TEXT("bundles"));
        return made->bundles.tag == EN_ARRAY ||
               en_error_set(error, EN_SyntaxError, "\"bundles\" must be a list of bundles");
    }
    if (value.tag == EN_ARRAY) {
        made->is_list = true;
        made->bundles = value;
        return true;
    }
    en_value *single = en_arena_alloc(arena, sizeof *single);
    *single = value;
    made->bundles = en_array(single, 1);
    return true;
}

static bool read_mock(en_arena *arena, en_value value, en_mock *mock, en_error *error)
{
    en_value calls = en_array(&value, 1);
    if (has_only(value, "calls")) {
        calls = en_collection_find(value, EN_TEXT("calls"));
        if (calls.tag != EN_ARRAY || calls.length == 0) {
            return en_error_set(error, EN_SyntaxError, "\"calls\" must be a list of answers");
        }
    }
    answer *answers = EN_TRY_ARRAY(arena, answer, calls.length);
    if (answers == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "too many mock answers");
    }
    for (uint32_t i = 0; i < calls.length; i++) {
        answers[i] = (answer){ 0 };
        if (!read_answer(arena, calls.as.items[i], &answers[i], error)) {
            return false;
        }
    }
    mock->answers = answers;
    mock->count = calls.length;
    return true;
}

bool en_mocks_read(en_arena *arena, en_value value, const en_mocks **mocks, en_error *error)
{
    if (value.tag != EN_COLLECTION) {
        return en_error_set(error, EN_SyntaxError,
                            "expected {\"module or step id\": answer, …} but found %s",
                            en_tag_name((en_tag)value.tag));
    }
    uint32_t count = en_collection_count(value);
    en_mock *entries = EN_TRY_ARRAY(arena, en_mock, count);
    if (entries == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "too many mocks");
    }
    for (uint32_t i = 0; i < count; i++) {
        const en_member *member = &en_collection_members(value)[i];
        entries[i].name = member->name;
        if (!read_mock(arena, member->value, &entries[i], error)) {
            en_error_prefix_path(error, member->name);
            return false;
        }
    }
    en_mocks *made = EN_NEW(arena, en_mocks);
    made->entries = entries;
    made->count = count;
    made->source = value;
    *mocks = made;
    return true;
}

en_value en_mocks_value(const en_mocks *mocks)
{
    return mocks != NULL ? mocks->source : en_null();
}

bool en_mocks_are_auto(const en_mocks *mocks)
{
    return mocks != NULL && mocks->automatic != NULL;
}

const en_mocks *en_mocks_auto(en_arena *arena, const en_mocks *mocks)
{
    en_collection_builder empty;
    en_collection_builder_init(&empty, arena);
    answer *made = EN_NEW(arena, answer);
    en_error unused;
    en_error_clear(&unused);
    if (!read_answer(arena, en_collection_builder_take(&empty), made, &unused)) {
        return mocks;
    }
    en_mock *automatic = EN_NEW(arena, en_mock);
    *automatic = (en_mock){ .answers = made, .count = 1 };
    en_mocks *all = EN_NEW(arena, en_mocks);
    if (mocks != NULL) {
        *all = *mocks;
    }
    all->automatic = automatic;
    return all;
}

/* Of equal names the first one counts. */
static en_value join_sources(en_arena *arena, en_value first, en_value second)
{
    en_collection_builder joined;
    en_collection_builder_init(&joined, arena);
    for (uint32_t i = 0; i < en_collection_count(second); i++) {
        const en_member *member = &en_collection_members(second)[i];
        en_collection_builder_add(&joined, member->name, member->value);
    }
    for (uint32_t i = 0; i < en_collection_count(first); i++) {
        const en_member *member = &en_collection_members(first)[i];
        en_collection_builder_add(&joined, member->name, member->value);
    }
    return en_collection_builder_take(&joined);
}

const en_mocks *en_mocks_join(en_arena *arena, const en_mocks *first, const en_mocks *second)
{
    if (first == NULL || second == NULL) {
        return first != NULL ? first : second;
    }
    en_mock *entries = EN_TRY_ARRAY(arena, en_mock, first->count + second->count);
    if (entries == NULL) {
        return first; /* the arena carries the mark */
    }
    memcpy(entries, first->entries, first->count * sizeof *entries);
    memcpy(entries + first->count, second->entries, second->count * sizeof *entries);
    en_mocks *all = EN_NEW(arena, en_mocks);
    *all =
        (en_mocks){ .entries = entries,
                    .count = first->count + second->count,
                    .source = join_sources(arena, first->source, second->source),
                    .automatic = first->automatic != NULL ? first->automatic : second->automatic };
    return all;
}

const en_mock *en_mocks_find(const en_mocks *mocks, const en_step *step)
{
    bool is_call = step->kind == EN_STEP_CALL || step->kind == EN_STEP_FLUSH;
    if (mocks == NULL || !is_call) {
        return NULL;
    }
    char id[24] = ""; /* a fallback has none */
    int length = step->id != EN_NO_STEP ? snprintf(id, sizeof id, "%" PRId64, step->id) : 0;
    const en_mock *by_module = NULL;
    for (size_t i = 0; i < mocks->count; i++) {
        if (length != 0 && en_text_equal(mocks->entries[i].name, (en_text){ id, (size_t)length })) {
            return &mocks->entries[i];
        }
        if (by_module == NULL && en_text_equal(mocks->entries[i].name, step->module_name)) {
            by_module = &mocks->entries[i];
        }
    }
    bool stands_in = step->module == NULL || (step->module->flags & EN_OUTSIDE) != 0;
    return by_module == NULL && stands_in ? mocks->automatic : by_module;
}

bool en_mock_answer(const en_mock *mock, uint64_t call, bool lists_are_bundles, en_arena *arena,
                    en_value *bundles, en_error *error)
{
    const answer *given = &mock->answers[call < mock->count ? call : mock->count - 1];
    if (given->fails) {
        en_error_set(error, given->type, "%.*s", EN_TEXT_ARG(given->message));
        error->status_code = given->status_code;
        return false;
    }
    *bundles = given->bundles;
    if (given->is_list && !lists_are_bundles) {
        en_value *list = en_arena_alloc(arena, sizeof *list);
        *list = given->bundles;
        *bundles = en_array(list, 1);
    }
    return true;
}
