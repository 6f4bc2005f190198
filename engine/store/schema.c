#include "store/schema.h"

#include "value/number.h"

#include <string.h>

enum { LONGEST_LIST = 64 };

/* EN_TEXT for static tables, which take no compound literals. */
#define WORD(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

typedef struct reader {
    en_arena *arena;
    en_problems *problems;
    size_t errors_before;
} reader;

/* --- problems --- */

static void complain(reader *in, en_severity severity, en_text path, const char *message)
{
    en_problem *problem = en_problems_add(in->problems, severity, "%s", message);
    problem->path = path;
}

static en_text join_path(reader *in, en_text path, en_text part)
{
    return path.length == 0
               ? en_text_copy(in->arena, part)
               : en_text_format(in->arena, "%.*s.%.*s", EN_TEXT_ARG(path), EN_TEXT_ARG(part));
}

/* Warns about members that mean nothing here: usually a slip of the pen. */
static void check_names(reader *in, en_value definition, en_text path, const en_text *known,
                        size_t count)
{
    const en_member *members = en_collection_members(definition);
    for (uint32_t i = 0; i < en_collection_count(definition); i++) {
        bool found = false;
        for (size_t j = 0; j < count && !found; j++) {
            found = en_text_equal(members[i].name, known[j]);
        }
        if (found) {
            continue;
        }
        en_problem *problem =
            en_problems_add(in->problems, EN_SEVERITY_WARNING, "\"%.*s\" means nothing here",
                            EN_TEXT_ARG(members[i].name));
        problem->path = join_path(in, path, members[i].name);
        size_t nearest = en_text_nearest(members[i].name, known, count);
        if (nearest != SIZE_MAX) {
            problem->hint =
                en_text_format(in->arena, "did you mean \"%.*s\"?", EN_TEXT_ARG(known[nearest]));
        }
    }
}

static bool read_flag(reader *in, en_value definition, const char *name, en_text path)
{
    en_value flag = en_collection_find(definition, en_text_from(name));
    if (en_is_missing(flag)) {
        return false;
    }
    if (!en_is(flag, EN_BOOLEAN)) {
        complain(in, EN_SEVERITY_ERROR, join_path(in, path, en_text_from(name)),
                 "expected true or false");
        return false;
    }
    return flag.as.boolean;
}

/* --- limits --- */

typedef struct size_unit {
    const char *name;
    double bytes;
} size_unit;

static const size_unit size_units[] = {
    { "", 1 },
    { "B", 1 },
    { "KB", 1024.0 },
    { "MB", 1024.0 * 1024 },
    { "GB", 1024.0 * 1024 * 1024 },
};

/* "10MB", "1.5 GB", "500": 1024 to the unit. */
static bool read_size_text(en_text text, double *bytes)
{
    text = en_text_trim(text);
    size_t digits = 0;
    while (digits < text.length && strchr("0123456789.", text.data[digits]) != NULL) {
        digits++;
    }
    en_text unit = en_text_trim(en_text_slice(text, digits, text.length));
    for (size_t i = 0; i < sizeof size_units / sizeof *size_units; i++) {
        if (en_text_equal_nocase(unit, en_text_from(size_units[i].name))) {
            bool read = en_double_read(en_text_slice(text, 0, digits), bytes);
            *bytes *= size_units[i].bytes;
            return read;
        }
    }
    return false;
}

/* A limit: missing is the default, null is none. */
static uint64_t read_limit(reader *in, en_value definition, const char *name, uint64_t fallback,
                           bool is_size)
{
    en_value limit = en_collection_find(definition, en_text_from(name));
    double amount = 0;
    if (en_is(limit, EN_NOTHING)) {
        return fallback;
    }
    if (en_is(limit, EN_NULL)) {
        return 0;
    }
    bool read = false;
    if (en_is(limit, EN_NUMBER)) {
        amount = en_value_number(limit);
        read = true;
    } else if (is_size && en_is(limit, EN_TEXT_VALUE)) {
        read = read_size_text(en_value_text(limit), &amount);
    }
    if (!read || !(amount >= 1 && amount <= EN_EXACT_LIMIT) ||
        (!is_size && amount != (double)(uint64_t)amount)) {
        complain(in, EN_SEVERITY_ERROR, en_text_from(name),
                 is_size ? "expected bytes, a text like \"10MB\", or null for no limit"
                         : "expected a whole number from 1, or null for no limit");
        return fallback;
    }
    return (uint64_t)amount;
}

/* --- fields --- */

static const en_text field_keys[] = {
    WORD("name"),  WORD("type"), WORD("required"),    WORD("unique"), WORD("default"),
    WORD("label"), WORD("spec"), WORD("description"), WORD("help"),   WORD("multiline"),
};

/* What a structure calls its types; other names that en_types_find knows are taken, too. */
static const struct {
    en_types type;
    en_text name;
} field_types[] = {
    { EN_T_TEXT, WORD("text") },       { EN_T_NUMBER, WORD("number") },
    { EN_T_BOOLEAN, WORD("boolean") }, { EN_T_DATE, WORD("date") },
    { EN_T_EMAIL, WORD("email") },     { EN_T_URL, WORD("url") },
    { EN_T_ARRAY, WORD("array") },     { EN_T_COLLECTION, WORD("collection") },
    { EN_T_BUFFER, WORD("buffer") },   { EN_T_ANY, WORD("any") },
};

enum { FIELD_TYPES = sizeof field_types / sizeof *field_types };

en_text en_field_type_name(en_types type)
{
    size_t at = 0;
    while (at < FIELD_TYPES - 1 && field_types[at].type != type) {
        at++;
    }
    return field_types[at].name;
}

static en_types read_type(reader *in, en_value type, en_text path)
{
    if (!en_is(type, EN_TEXT_VALUE)) {
        complain(in, EN_SEVERITY_ERROR, path, "expected the name of a type");
        return EN_T_ANY;
    }
    en_types found = en_types_find(en_value_text(type));
    if (found == EN_T_COUNT) {
        found = EN_T_NUMBER;
    }
    en_text names[FIELD_TYPES];
    for (size_t i = 0; i < FIELD_TYPES; i++) {
        if (field_types[i].type == found) {
            return found;
        }
        names[i] = field_types[i].name;
    }
    en_problem *problem = en_problems_add(in->problems, EN_SEVERITY_ERROR, "unknown type \"%.*s\"",
                                          EN_TEXT_ARG(en_value_text(type)));
    problem->path = path;
    size_t nearest = en_text_nearest(en_value_text(type), names, FIELD_TYPES);
    problem->hint =
        nearest != SIZE_MAX
            ? en_text_format(in->arena, "did you mean \"%.*s\"?", EN_TEXT_ARG(names[nearest]))
            : EN_TEXT("types: text, number, boolean, date, email, url, array, "
                      "collection, buffer, any");
    return EN_T_ANY;
}

static en_value read_default(reader *in, en_value fallback, en_types type, en_text path)
{
    en_value taken = en_nothing();
    if (en_is_missing(fallback)) {
        return taken;
    }
    en_error error;
    en_error_clear(&error);
    if (!en_coerce(in->arena, type, fallback, NULL, &taken, &error)) {
        complain(in, EN_SEVERITY_ERROR, join_path(in, path, EN_TEXT("default")), error.message);
        return en_nothing();
    }
    return en_value_copy(in->arena, taken);
}

static void read_field(reader *in, en_text name, en_value definition, en_text path, en_field *field)
{
    *field = (en_field){ .name = en_text_copy(in->arena, name), .type = EN_T_ANY };
    if (name.length == 0) {
        complain(in, EN_SEVERITY_ERROR, path, "a field needs a name");
    }
    if (en_is(definition, EN_TEXT_VALUE)) { /* "email": "text" */
        field->type = read_type(in, definition, path);
        return;
    }
    if (!en_is(definition, EN_COLLECTION)) {
        complain(in, EN_SEVERITY_ERROR, path, "expected a field such as {\"type\": \"text\"}");
        return;
    }
    check_names(in, definition, path, field_keys, sizeof field_keys / sizeof *field_keys);
    field->type = read_type(in, en_collection_find(definition, EN_TEXT("type")),
                            join_path(in, path, EN_TEXT("type")));
    field->required = read_flag(in, definition, "required", path);
    field->unique = read_flag(in, definition, "unique", path);
    field->fallback =
        read_default(in, en_collection_find(definition, EN_TEXT("default")), field->type, path);
    en_value label = en_collection_find(definition, EN_TEXT("label"));
    field->label = en_text_copy(in->arena, en_value_text(label));
}

static bool field_exists(const en_field *fields, size_t count, en_text name)
{
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(fields[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* {"type": "collection", "spec": [{"name": …, "type": …}]} */
static void read_spec(reader *in, en_value spec, en_schema *schema)
{
    en_field *fields = EN_TRY_ARRAY(in->arena, en_field, spec.length);
    size_t count = 0;
    for (uint32_t i = 0; fields != NULL && i < spec.length; i++) {
        en_text path = en_text_format(in->arena, "structure.spec[%u]", (unsigned)i);
        en_value item = spec.as.items[i];
        en_text name = en_value_text(en_collection_find(item, EN_TEXT("name")));
        if (field_exists(fields, count, name)) {
            complain(in, EN_SEVERITY_ERROR, path, "a field of that name stands above");
            continue;
        }
        if (!en_is(item, EN_COLLECTION)) {
            complain(in, EN_SEVERITY_ERROR, path, "expected a field with \"name\" and \"type\"");
            continue;
        }
        read_field(in, name, item, path, &fields[count++]);
    }
    schema->fields = fields;
    schema->field_count = count;
}

/* {"email": {"type": "email", …}, …} */
static void read_members(reader *in, en_value structure, en_schema *schema)
{
    uint32_t count = en_collection_count(structure);
    const en_member *members = en_collection_members(structure);
    en_field *fields = EN_TRY_ARRAY(in->arena, en_field, count);
    for (uint32_t i = 0; fields != NULL && i < count; i++) {
        en_text path = join_path(in, EN_TEXT("structure"), members[i].name);
        read_field(in, members[i].name, members[i].value, path, &fields[i]);
    }
    schema->fields = fields;
    schema->field_count = fields != NULL ? count : 0;
}

static void read_structure(reader *in, en_value structure, en_schema *schema)
{
    if (en_is_missing(structure)) {
        return;
    }
    schema->has_structure = true;
    en_value spec = en_collection_find(structure, EN_TEXT("spec"));
    if (en_is(spec, EN_ARRAY) &&
        en_text_equal(en_value_text(en_collection_find(structure, EN_TEXT("type"))),
                      EN_TEXT("collection"))) {
        read_spec(in, spec, schema);
    } else if (en_is(structure, EN_ARRAY)) { /* the list of a spec, without its wrapper */
        read_spec(in, structure, schema);
    } else if (en_is(structure, EN_COLLECTION)) {
        read_members(in, structure, schema);
    } else {
        complain(in, EN_SEVERITY_ERROR, EN_TEXT("structure"),
                 "expected fields by name, or {\"type\": \"collection\", \"spec\": [fields]}");
    }
}

/* --- lists of fields --- */

static bool check_listed(reader *in, const en_schema *schema, en_text name, en_text path)
{
    const en_field *field = en_schema_field(schema, name);
    if (field == NULL) {
        en_problem *problem = en_problems_add(in->problems, EN_SEVERITY_ERROR,
                                              "no field \"%.*s\" is declared", EN_TEXT_ARG(name));
        problem->path = path;
        en_text *names = EN_TRY_ARRAY(in->arena, en_text, schema->field_count);
        for (size_t i = 0; names != NULL && i < schema->field_count; i++) {
            names[i] = schema->fields[i].name;
        }
        size_t nearest =
            names != NULL ? en_text_nearest(name, names, schema->field_count) : SIZE_MAX;
        if (nearest != SIZE_MAX) {
            problem->hint =
                en_text_format(in->arena, "did you mean \"%.*s\"?", EN_TEXT_ARG(names[nearest]));
        }
    }
    return field != NULL;
}

/* ["a","b"], or "a" for a list of one. */
static en_field_list read_list(reader *in, const en_schema *schema, en_value list, en_text path)
{
    en_value single[1] = { list };
    en_value items = en_is(list, EN_TEXT_VALUE) ? en_array(single, 1) : list;
    if (!en_is(items, EN_ARRAY) || items.length == 0 || items.length > LONGEST_LIST) {
        complain(in, EN_SEVERITY_ERROR, path, "expected a list of field names");
        return (en_field_list){ 0 };
    }
    en_text *names = EN_TRY_ARRAY(in->arena, en_text, items.length);
    size_t count = 0;
    for (uint32_t i = 0; names != NULL && i < items.length; i++) {
        en_value item = items.as.items[i];
        if (!en_is(item, EN_TEXT_VALUE)) {
            complain(in, EN_SEVERITY_ERROR, path, "expected a list of field names");
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            if (en_text_equal(names[j], en_value_text(item))) {
                complain(in, EN_SEVERITY_ERROR, path, "a field stands twice in one list");
            }
        }
        if (check_listed(in, schema, en_value_text(item), path)) {
            names[count++] = en_text_copy(in->arena, en_value_text(item));
        }
    }
    return (en_field_list){ names, count };
}

static const en_field_list *read_lists(reader *in, const en_schema *schema, en_value definition,
                                       const char *name, size_t *count)
{
    en_value lists = en_collection_find(definition, en_text_from(name));
    *count = 0;
    if (en_is_missing(lists)) {
        return NULL;
    }
    if (!en_is(lists, EN_ARRAY)) {
        complain(in, EN_SEVERITY_ERROR, en_text_from(name),
                 "expected lists of field names, such as [[\"userId\", \"createdAt\"]]");
        return NULL;
    }
    en_field_list *read = EN_TRY_ARRAY(in->arena, en_field_list, lists.length);
    for (uint32_t i = 0; read != NULL && i < lists.length; i++) {
        en_text path = en_text_format(in->arena, "%s[%u]", name, (unsigned)i);
        en_field_list list = read_list(in, schema, lists.as.items[i], path);
        if (list.count != 0) {
            read[(*count)++] = list;
        }
    }
    return read;
}

/* --- expiry --- */

/* A date field that says when, or how many seconds a record lives. */
static void read_ttl(reader *in, en_value ttl, en_schema *schema)
{
    static const double longest_s = 100.0 * 366 * 24 * 3600;
    double seconds = en_value_number(ttl);
    if (en_is_missing(ttl)) {
        return;
    }
    if (en_is(ttl, EN_NUMBER) && seconds > 0 && seconds <= longest_s) {
        schema->ttl_ms = (int64_t)(seconds * 1000) > 0 ? (int64_t)(seconds * 1000) : 1;
    } else if (!en_is(ttl, EN_TEXT_VALUE)) {
        complain(in, EN_SEVERITY_ERROR, EN_TEXT("ttl"),
                 "expected seconds, up to a hundred years, or the name of a date field");
    } else if (check_listed(in, schema, en_value_text(ttl), EN_TEXT("ttl"))) {
        schema->ttl_field = en_text_copy(in->arena, en_value_text(ttl));
        if (en_schema_field(schema, schema->ttl_field)->type != EN_T_DATE) {
            complain(in, EN_SEVERITY_ERROR, EN_TEXT("ttl"), "the field must be a date");
        }
    }
}

static void read_auto_index(reader *in, en_value definition, en_schema *schema)
{
    en_value wanted = en_collection_find(definition, EN_TEXT("autoIndex"));
    schema->no_auto_index =
        !en_is_missing(wanted) && !read_flag(in, definition, "autoIndex", EN_TEXT(""));
}

/* --- reading and writing --- */

static const en_text schema_keys[] = {
    WORD("name"),    WORD("structure"), WORD("maxRecords"),  WORD("sizeLimit"), WORD("unique"),
    WORD("indexes"), WORD("strict"),    WORD("description"), WORD("label"),     WORD("id"),
    WORD("$schema"), WORD("ttl"),       WORD("autoIndex"),
};

const en_schema *en_schema_read(en_arena *arena, en_value definition, en_problems *problems)
{
    reader in = { arena, problems, problems->errors };
    en_schema *schema = EN_NEW(arena, en_schema);
    en_value name = en_collection_find(definition, EN_TEXT("name"));
    if (!en_is(definition, EN_COLLECTION)) {
        complain(&in, EN_SEVERITY_ERROR, EN_TEXT(""), "expected a data store with a \"name\"");
        return NULL;
    }
    if (en_is_empty(name) || !en_is(name, EN_TEXT_VALUE)) {
        complain(&in, EN_SEVERITY_ERROR, EN_TEXT("name"), "a data store needs a name");
    }
    check_names(&in, definition, EN_TEXT(""), schema_keys,
                sizeof schema_keys / sizeof *schema_keys);
    schema->name = en_text_copy(arena, en_value_text(name));
    schema->strict = read_flag(&in, definition, "strict", EN_TEXT(""));
    read_structure(&in, en_collection_find(definition, EN_TEXT("structure")), schema);
    schema->uniques = read_lists(&in, schema, definition, "unique", &schema->unique_count);
    schema->indexes = read_lists(&in, schema, definition, "indexes", &schema->index_count);
    schema->max_records = read_limit(&in, definition, "maxRecords", EN_DEFAULT_MAX_RECORDS, false);
    schema->max_bytes = read_limit(&in, definition, "sizeLimit", EN_DEFAULT_MAX_BYTES, true);
    read_ttl(&in, en_collection_find(definition, EN_TEXT("ttl")), schema);
    read_auto_index(&in, definition, schema);
    return problems->errors == in.errors_before ? schema : NULL;
}

static en_value write_field(en_arena *arena, const en_field *field)
{
    en_collection_builder members;
    en_collection_builder_init(&members, arena);
    en_collection_builder_add(&members, EN_TEXT("type"),
                              en_text_value(en_field_type_name(field->type)));
    if (field->label.length != 0) {
        en_collection_builder_add(&members, EN_TEXT("label"), en_text_value(field->label));
    }
    if (field->required) {
        en_collection_builder_add(&members, EN_TEXT("required"), en_boolean(true));
    }
    if (field->unique) {
        en_collection_builder_add(&members, EN_TEXT("unique"), en_boolean(true));
    }
    if (!en_is_missing(field->fallback)) {
        en_collection_builder_add(&members, EN_TEXT("default"), field->fallback);
    }
    return en_collection_builder_take(&members);
}

static void write_lists(en_collection_builder *members, en_text name, const en_field_list *lists,
                        size_t count)
{
    en_array_builder rows;
    en_array_builder_init(&rows, members->arena);
    for (size_t i = 0; i < count; i++) {
        en_array_builder names;
        en_array_builder_init(&names, members->arena);
        for (size_t j = 0; j < lists[i].count; j++) {
            en_array_builder_add(&names, en_text_value(lists[i].names[j]));
        }
        en_array_builder_add(&rows, en_array_builder_take(&names));
    }
    if (count != 0) {
        en_collection_builder_add(members, name, en_array_builder_take(&rows));
    }
}

static void write_limit(en_collection_builder *members, en_text name, uint64_t limit,
                        uint64_t fallback)
{
    if (limit != fallback) {
        en_collection_builder_add(members, name,
                                  limit == 0 ? en_null() : en_integer_unsigned(limit));
    }
}

en_value en_schema_write(en_arena *arena, const en_schema *schema)
{
    en_collection_builder members;
    en_collection_builder_init(&members, arena);
    if (schema->name.length != 0) {
        en_collection_builder_add(&members, EN_TEXT("name"), en_text_value(schema->name));
    }
    if (schema->has_structure) {
        en_collection_builder fields;
        en_collection_builder_init(&fields, arena);
        for (size_t i = 0; i < schema->field_count; i++) {
            en_collection_builder_add(&fields, schema->fields[i].name,
                                      write_field(arena, &schema->fields[i]));
        }
        en_collection_builder_add(&members, EN_TEXT("structure"),
                                  en_collection_builder_take(&fields));
    }
    if (schema->strict) {
        en_collection_builder_add(&members, EN_TEXT("strict"), en_boolean(true));
    }
    write_lists(&members, EN_TEXT("unique"), schema->uniques, schema->unique_count);
    write_lists(&members, EN_TEXT("indexes"), schema->indexes, schema->index_count);
    write_limit(&members, EN_TEXT("maxRecords"), schema->max_records, EN_DEFAULT_MAX_RECORDS);
    write_limit(&members, EN_TEXT("sizeLimit"), schema->max_bytes, EN_DEFAULT_MAX_BYTES);
    if (schema->ttl_field.length != 0) {
        en_collection_builder_add(&members, EN_TEXT("ttl"), en_text_value(schema->ttl_field));
    } else if (schema->ttl_ms != 0) {
        en_collection_builder_add(&members, EN_TEXT("ttl"),
                                  en_number((double)schema->ttl_ms / 1000));
    }
    if (schema->no_auto_index) {
        en_collection_builder_add(&members, EN_TEXT("autoIndex"), en_boolean(false));
    }
    return en_collection_builder_take(&members);
}

const en_field *en_schema_field(const en_schema *schema, en_text name)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        if (en_text_equal(schema->fields[i].name, name)) {
            return &schema->fields[i];
        }
    }
    return NULL;
}

bool en_schema_is_unique(const en_schema *schema, size_t field)
{
    bool is_unique = schema->fields[field].unique;
    for (size_t i = 0; i < schema->unique_count && !is_unique; i++) {
        for (size_t j = 0; j < schema->uniques[i].count && !is_unique; j++) {
            is_unique = en_text_equal(schema->uniques[i].names[j], schema->fields[field].name);
        }
    }
    return is_unique;
}
