#include "scenario/interface.h"

static en_value member(const en_loader *loader, const char *name)
{
    return loader->is_object ? en_collection_find(loader->root, en_text_from(name)) : en_nothing();
}

/* The list of that name; an empty one when there is none. */
static en_value list_of(en_loader *loader, const char *name)
{
    en_value list = member(loader, name);
    if (list.tag != EN_ARRAY && !en_is_missing(list)) {
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, en_text_from(name),
                          "expected a list but got %s", en_tag_name(list.tag));
    }
    return list.tag == EN_ARRAY ? list : en_array(NULL, 0);
}

/* --- settings --- */

static void read_interval(en_loader *loader, en_plan *plan, en_text path, double unit_ms)
{
    enum { LONGEST_DAYS = 366 };
    en_value interval = en_value_at(loader->root, path);
    if (en_is_missing(interval)) {
        return;
    }
    double length_ms = en_value_number(interval) * unit_ms;
    if (interval.tag != EN_NUMBER || !(length_ms >= 0) ||
        length_ms > LONGEST_DAYS * 24 * 3600.0 * 1000) {
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, path,
                          "expected an interval of at most a year but got %s",
                          interval.tag == EN_NUMBER ? "another number" : en_tag_name(interval.tag));
        return;
    }
    plan->interval_ms = (int64_t)length_ms;
}

static void read_settings(en_loader *loader, en_plan *plan)
{
    read_interval(loader, plan, EN_TEXT("scheduling.interval"), 60 * 1000);
    read_interval(loader, plan, EN_TEXT("settings.scheduling.interval"), 1000);
    en_value settings = member(loader, "settings");
    en_value sequential = en_collection_find(settings, EN_TEXT("sequential"));
    if (sequential.tag == EN_BOOLEAN) {
        plan->sequential = sequential.as.boolean;
    } else if (!en_is_missing(sequential)) {
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, EN_TEXT("settings.sequential"),
                          "expected true or false but got %s", en_tag_name(sequential.tag));
    }
    en_value most = en_collection_find(settings, EN_TEXT("maxErrors"));
    int64_t errors = 0;
    if (en_is_missing(most) ||
        (en_value_integer(most, &errors) && errors >= 0 && errors < 1000000)) {
        plan->max_errors = (uint32_t)errors;
    } else {
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, EN_TEXT("settings.maxErrors"),
                          "expected a whole number but got %s", en_tag_name(most.tag));
    }
}

static void read_plan_name(en_loader *loader, en_plan *plan)
{
    en_value metadata = member(loader, "metadata");
    en_text name = en_value_text(en_collection_find(metadata, EN_TEXT("name")));
    if (name.length == 0) {
        name = en_value_text(member(loader, "name"));
    }
    if (name.length == 0) { /* the file's, without folder and ending */
        size_t start = 0;
        size_t end = loader->file.length;
        for (size_t i = 0; i < loader->file.length; i++) {
            if (loader->file.data[i] == '/') {
                start = i + 1;
            }
        }
        if (en_text_ends(loader->file, EN_TEXT(".json")) && end > start + 5) {
            end -= 5;
        }
        name = en_text_slice(loader->file, start, end);
    }
    plan->name = name;
}

/* --- fields --- */

static en_types read_type(en_loader *loader, const en_entry *entry, en_text path, en_value type)
{
    if (en_is_missing(type)) {
        return EN_T_ANY;
    }
    en_types found = type.tag == EN_TEXT_VALUE ? en_types_find(en_value_text(type)) : 0;
    if (found != 0) {
        return found;
    }
    static const char *const known[] = { "text", "number", "boolean", "date",   "email",
                                         "url",  "array",  "any",     "buffer", "collection" };
    enum { KNOWN = sizeof known / sizeof *known };
    en_text names[KNOWN];
    for (size_t i = 0; i < KNOWN; i++) {
        names[i] = en_text_from(known[i]);
    }
    en_problem *problem = en_loader_problem(
        loader, entry, EN_SEVERITY_WARNING, en_path_join(loader->scratch, path, EN_TEXT("type")),
        "unknown type \"%.*s\": taken as any", EN_TEXT_ARG(en_value_text(type)));
    en_text nearest = en_loader_nearest(loader, en_value_text(type), names, KNOWN);
    if (nearest.length != 0) {
        en_loader_hint(loader, problem, "did you mean \"%.*s\"?", EN_TEXT_ARG(nearest));
    }
    return EN_T_ANY;
}

static bool is_true(en_value value)
{
    return value.tag == EN_BOOLEAN && value.as.boolean;
}

static size_t read_fields(en_loader *loader, const en_entry *entry, en_text path, en_value list,
                          const en_interface_field **fields);
static size_t read_properties(en_loader *loader, const en_entry *entry, en_text path,
                              en_value properties, const en_interface_field **fields);

/* Both spellings of the fields of a structure; the document's own limit of nesting bounds this. */
static size_t read_structure(en_loader *loader, const en_entry *entry, en_text path,
                             en_value structure, const en_interface_field **fields)
{
    en_value spec = en_collection_find(structure, EN_TEXT("spec"));
    if (spec.tag == EN_ARRAY) {
        path = en_path_join(loader->scratch, path, EN_TEXT("spec"));
        return read_fields(loader, entry, path, spec, fields);
    }
    en_value properties = en_collection_find(structure, EN_TEXT("properties"));
    if (properties.tag == EN_COLLECTION) {
        path = en_path_join(loader->scratch, path, EN_TEXT("properties"));
        return read_properties(loader, entry, path, properties, fields);
    }
    return structure.tag == EN_ARRAY ? read_fields(loader, entry, path, structure, fields) : 0;
}

static void read_field(en_loader *loader, const en_entry *entry, en_text path, en_text name,
                       en_value value, en_interface_field *field)
{
    field->name = name;
    if (value.tag == EN_TEXT_VALUE) { /* {"email": "text"} */
        field->type = read_type(loader, entry, path, value);
        field->fallback = en_nothing();
        return;
    }
    field->type = read_type(loader, entry, path, en_collection_find(value, EN_TEXT("type")));
    field->required = is_true(en_collection_find(value, EN_TEXT("required")));
    field->fallback = en_collection_find(value, EN_TEXT("default"));
    if (value.tag == EN_COLLECTION) {
        field->field_count = read_structure(loader, entry, path, value, &field->fields);
    }
}

/* A list of {name, type, required?}. */
static size_t read_fields(en_loader *loader, const en_entry *entry, en_text path, en_value list,
                          const en_interface_field **fields)
{
    en_interface_field *made = EN_TRY_ARRAY(loader->arena, en_interface_field, list.length + 1);
    if (made == NULL) {
        loader->failed = true;
        return 0;
    }
    size_t count = 0;
    for (uint32_t i = 0; i < list.length; i++) {
        en_text place = en_path_index(loader->scratch, path, i);
        en_value name = en_collection_find(list.as.items[i], EN_TEXT("name"));
        if (name.tag != EN_TEXT_VALUE || name.length == 0) {
            en_loader_problem(loader, entry, EN_SEVERITY_ERROR, place,
                              "expected a field with a name but got %s",
                              en_tag_name(list.as.items[i].tag));
            continue;
        }
        made[count] = (en_interface_field){ .name = EN_TEXT("") };
        read_field(loader, entry, place, en_value_text(name), list.as.items[i], &made[count]);
        count++;
    }
    *fields = made;
    return count;
}

/* A collection {name: {type, required?}}. */
static size_t read_properties(en_loader *loader, const en_entry *entry, en_text path,
                              en_value properties, const en_interface_field **fields)
{
    uint32_t count = en_collection_count(properties);
    const en_member *members = en_collection_members(properties);
    en_interface_field *made = EN_TRY_ARRAY(loader->arena, en_interface_field, (size_t)count + 1);
    if (made == NULL) {
        loader->failed = true;
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        made[i] = (en_interface_field){ .name = EN_TEXT("") };
        read_field(loader, entry, en_path_name(loader->scratch, path, members[i].name),
                   members[i].name, members[i].value, &made[i]);
    }
    *fields = made;
    return count;
}

/* The structure of the first webhook of the flow. */
static void read_payload(en_loader *loader, en_plan *plan)
{
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        const en_entry *entry = &loader->entries[i];
        if (entry->module == NULL || entry->module->kind != EN_KIND_TRIGGER) {
            continue;
        }
        bool is_parameter = en_collection_has(entry->parameters, EN_TEXT("dataStructure"));
        en_value structure = en_collection_find(is_parameter ? entry->parameters : entry->mapper,
                                                EN_TEXT("dataStructure"));
        en_text path =
            is_parameter ? EN_TEXT("parameters.dataStructure") : EN_TEXT("mapper.dataStructure");
        plan->payload_count = read_structure(loader, entry, path, structure, &plan->payload);
        return;
    }
}

/* --- variables --- */

static void read_variables(en_loader *loader, en_plan *plan)
{
    en_value list = member(loader, "variables");
    bool is_list = list.tag == EN_ARRAY;
    if (!is_list && list.tag != EN_COLLECTION && !en_is_missing(list)) {
        list_of(loader, "variables"); /* for its problem */
    }
    size_t count = is_list ? list.length : en_collection_count(list);
    en_plan_variable *variables = EN_TRY_ARRAY(loader->arena, en_plan_variable, count + 1);
    if (variables == NULL) {
        loader->failed = true;
        return;
    }
    plan->variables = variables;
    for (size_t i = 0; i < count; i++) {
        en_text name = is_list
                           ? en_value_text(en_collection_find(list.as.items[i], EN_TEXT("name")))
                           : en_collection_members(list)[i].name;
        if (name.length == 0) {
            en_loader_problem(loader, NULL, EN_SEVERITY_ERROR,
                              en_path_index(loader->scratch, EN_TEXT("variables"), i),
                              "expected a variable with a name");
        }
        variables[plan->variable_count++] = (en_plan_variable){ .name = name };
    }
}

/* Values are evaluated when a run starts; what refers to a step is empty then. */
void en_interface_compile_variables(en_loader *loader, en_plan *plan, en_names *names)
{
    en_value list = member(loader, "variables");
    en_plan_variable *variables = (en_plan_variable *)plan->variables;
    for (size_t i = 0; i < plan->variable_count; i++) {
        bool is_list = list.tag == EN_ARRAY;
        en_value value = is_list ? en_collection_find(list.as.items[i], EN_TEXT("value"))
                                 : en_collection_members(list)[i].value;
        en_text path = EN_TEXT("variables");
        path = is_list ? en_path_join(loader->scratch, en_path_index(loader->scratch, path, i),
                                      EN_TEXT("value"))
                       : en_path_name(loader->scratch, path, variables[i].name);
        names->is_quiet = true;
        variables[i].value = en_names_compile(names, value, (en_spot){ NULL, path });
        names->is_quiet = false;
    }
}

/* --- stores --- */

static void read_stores(en_loader *loader, en_plan *plan)
{
    en_value list = list_of(loader, "dataStores");
    loader->schemas = EN_TRY_ARRAY(loader->arena, const en_schema *, list.length + 1);
    if (loader->schemas == NULL) {
        loader->failed = true;
        return;
    }
    for (uint32_t i = 0; i < list.length; i++) {
        en_text path = en_path_index(loader->scratch, EN_TEXT("dataStores"), i);
        en_problem *before = loader->problems->last;
        const en_schema *schema = en_schema_read(loader->arena, list.as.items[i], loader->problems);
        en_problem *problem = before != NULL ? before->next : loader->problems->first;
        for (; problem != NULL; problem = problem->next) {
            en_loader_place(loader, NULL, en_path_join(loader->scratch, path, problem->path),
                            problem);
        }
        if (schema != NULL) {
            loader->schemas[loader->schema_count++] = schema;
        }
    }
    plan->schemas = loader->schemas;
    plan->schema_count = loader->schema_count;
}

void en_interface_read(en_loader *loader, en_plan *plan)
{
    read_plan_name(loader, plan);
    read_settings(loader, plan);
    plan->input_count =
        read_fields(loader, NULL, EN_TEXT("inputs"), list_of(loader, "inputs"), &plan->inputs);
    plan->output_count =
        read_fields(loader, NULL, EN_TEXT("outputs"), list_of(loader, "outputs"), &plan->outputs);
    read_variables(loader, plan);
    read_stores(loader, plan);
    read_payload(loader, plan);
}
