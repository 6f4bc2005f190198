#include "scenario/feed.h"

#include "scenario/visit.h"

#include <stdio.h>

typedef struct search {
    const en_plan *plan;
    en_text path; /* as it was asked for */
    en_text field;
    uint32_t iterator; /* EN_NO_INDEX: not found yet */
    uint32_t at;       /* the step whose names are heard */
    bool reads;        /* it reads the list */
    bool reads_length; /* it reads the number of elements */
    en_problems *problems;
} search;

/* --- problems --- */

EN_FORMAT(3, 4) static void complain(search *s, uint32_t at, const char *format, ...)
{
    const en_step *step = &s->plan->steps[at];
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_problem *problem = en_problems_add(s->problems, EN_SEVERITY_ERROR, "%s", message);
    problem->file = s->plan->file;
    problem->line = step->line;
    problem->column = step->column;
    problem->step_id = step->id;
}

static void complain_of_plan(search *s, const char *before, en_text name, const char *behind)
{
    en_problem *problem = en_problems_add(s->problems, EN_SEVERITY_ERROR, "%s%.*s%s", before,
                                          EN_TEXT_ARG(name), behind);
    problem->file = s->plan->file;
}

/* --- who reads the list --- */

static bool is_trigger(const search *s, uint32_t slot)
{
    for (uint32_t i = 0; i < s->plan->count; i++) {
        const en_step *step = &s->plan->steps[i];
        if (step->slot == slot && step->module != NULL && step->module->kind == EN_KIND_TRIGGER) {
            return true;
        }
    }
    return false;
}

/* Whether the reference leads to the payload itself. */
static bool is_payload(const search *s, const en_ref *ref)
{
    if (ref->kind == EN_REF_LOOKUP) {
        return ref->code == EN_LOOKUP_PAYLOAD;
    }
    bool leads = ref->kind == EN_REF_SLOT && ref->member.length == 0 && is_trigger(s, ref->slot);
    for (size_t i = 0; ref->kind == EN_REF_SLOTS && i < ref->slot_count; i++) {
        leads = leads || is_trigger(s, ref->slots[i]);
    }
    return leads;
}

static bool reads_list(const search *s, const en_ref *ref, en_text field)
{
    if (ref->kind == EN_REF_LOOKUP && ref->code == EN_LOOKUP_NAME) {
        return en_text_equal(ref->name, s->field);
    }
    return is_payload(s, ref) && (field.length == 0 || en_text_equal(field, s->field));
}

static void hear(void *context, const en_ref *ref, en_text field, size_t at)
{
    search *s = context;
    (void)at;
    s->reads = s->reads || reads_list(s, ref, field);
    if (s->iterator != EN_NO_INDEX && ref->kind == EN_REF_SLOT &&
        ref->slot == s->plan->steps[s->iterator].slot && ref->member.length == 0) {
        s->reads_length = s->reads_length || en_text_equal(field, EN_TEXT("length"));
    }
}

/* An iterator that takes the list and nothing else: "{{webhook.records}}". */
static bool walks_list(const search *s, const en_step *step)
{
    if (step->module == NULL || step->module->kind != EN_KIND_ITERATOR || step->arguments == NULL) {
        return false;
    }
    const en_ref *ref;
    en_text field;
    size_t takes = en_module_param_count(step->module);
    for (size_t i = 0; i < takes; i++) {
        const en_mapping *mapping = step->arguments[i].mapping;
        if (mapping != NULL && en_mapping_field(mapping, &ref, &field) && is_payload(s, ref) &&
            en_text_equal(field, s->field)) {
            return true;
        }
    }
    return false;
}

static void find_iterator(search *s)
{
    for (uint32_t i = 0; i < s->plan->count; i++) {
        if (walks_list(s, &s->plan->steps[i])) {
            s->iterator = s->iterator == EN_NO_INDEX ? i : s->iterator;
        }
    }
    if (s->iterator == EN_NO_INDEX) {
        complain_of_plan(s, "no iterator walks {{", s->path,
                         "}}: its array must be exactly this, for the file to be read as a list");
    }
}

static void check_readers(search *s)
{
    for (uint32_t i = 0; i < s->plan->count; i++) {
        s->reads = false;
        s->reads_length = false;
        if (i == s->iterator) {
            en_conditions_visit(s->plan->steps[i].filter, hear, s);
        } else {
            en_step_visit(&s->plan->steps[i], hear, s);
        }
        if (s->reads) {
            complain(s, i,
                     "reads %.*s as well, but a file that is read as a list is there only for one "
                     "iterator (step %lld)",
                     EN_TEXT_ARG(s->path), (long long)s->plan->steps[s->iterator].id);
        } else if (s->reads_length) {
            complain(s, i, "reads the length of %.*s, which is not known before its end",
                     EN_TEXT_ARG(s->path));
        }
    }
    for (size_t i = 0; i < s->plan->variable_count; i++) {
        s->reads = false;
        en_mapping_visit(s->plan->variables[i].value, hear, s);
        if (s->reads) {
            complain_of_plan(s, "the variable \"", s->plan->variables[i].name,
                             "\" reads the list, which is there only for its iterator");
        }
    }
}

/* A list that has been read is gone. */
static void check_once(search *s)
{
    uint32_t at = s->iterator;
    if (at >= s->plan->main_count) {
        complain(s, at, "walks %.*s in the error handler, which may never run",
                 EN_TEXT_ARG(s->path));
    }
    for (uint32_t i = 0; i < s->plan->count; i++) {
        const en_step *step = &s->plan->steps[i];
        bool loops =
            step->loop_start != EN_NO_INDEX && step->loop_start <= at && at < step->loop_end;
        bool handles = step->handler_start != EN_NO_INDEX && step->handler_start <= at &&
                       at < step->handler_end;
        if (i != at && (loops || handles)) {
            complain(s, at, "walks %.*s inside of step %lld, which may come here again",
                     EN_TEXT_ARG(s->path), (long long)step->id);
            return;
        }
    }
}

/* --- groups --- */

static bool works(const en_step *step)
{
    return step->kind != EN_STEP_GATE && step->kind != EN_STEP_DIRECTIVE;
}

static void check_step(search *s, uint32_t at)
{
    const en_step *loop = &s->plan->steps[s->iterator];
    const en_step *step = &s->plan->steps[at];
    unsigned flags = step->module != NULL ? step->module->flags : EN_OUTSIDE;
    if (at < s->iterator) {
        if (step->kind == EN_STEP_CALL && (flags & (EN_OUTSIDE | EN_WRITES)) != 0) {
            complain(s, at,
                     "stands before the loop, so with --batch it would be done again by "
                     "--resume");
        }
    } else if (at >= loop->loop_end && works(step)) {
        complain(s, at, "runs behind the loop, but with --batch nothing may outlive its group");
    } else if ((flags & EN_REMEMBERS) != 0) {
        complain(s, at, "sets a variable, but with --batch nothing may outlive its group");
    } else if ((flags & EN_ANSWERS) != 0) {
        complain(s, at, "answers the request, but with --batch nothing may outlive its group");
    }
}

static void check_groups(search *s)
{
    for (uint32_t i = 0; i < s->plan->main_count; i++) {
        if (i != s->iterator) {
            check_step(s, i);
        }
    }
    if (s->plan->output_count != 0) {
        complain_of_plan(s, "the declared output \"", s->plan->outputs[0].name,
                         "\" outlives the loop, but with --batch nothing may outlive its group");
    }
}

/* --- all of it --- */

static bool read_path(search *s)
{
    static const char *const names[] = { "webhook.", "trigger.", "input." };
    s->field = s->path;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        en_text name = en_text_from(names[i]);
        if (s->path.length > name.length &&
            en_text_equal(en_text_slice(s->path, 0, name.length), name)) {
            s->field = en_text_slice(s->path, name.length, s->path.length);
        }
    }
    if (s->field.length == 0 || en_text_find(s->field, EN_TEXT("."), 0) != SIZE_MAX) {
        complain_of_plan(s,
                         "a file is read as a field of the payload, such as webhook.records, "
                         "not as \"",
                         s->path, "\"");
        return false;
    }
    return true;
}

bool en_feed_find(const en_plan *plan, en_text path, bool in_groups, en_feed_place *place,
                  en_problems *problems)
{
    search s = { .plan = plan, .path = path, .iterator = EN_NO_INDEX, .problems = problems };
    size_t before = problems->errors;
    if (!read_path(&s)) {
        return false;
    }
    find_iterator(&s);
    if (s.iterator != EN_NO_INDEX) {
        check_readers(&s);
        check_once(&s);
        if (in_groups) {
            check_groups(&s);
        }
    }
    *place = (en_feed_place){ .step = s.iterator, .field = s.field };
    return problems->errors == before;
}
