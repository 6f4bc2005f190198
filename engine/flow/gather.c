#include "flow/state.h"

#include <string.h>

void en_gathering_close(en_gathering *gathering)
{
    gathering->open = false;
}

/* What was collected last time is given back now and not earlier: the flush's output may share it.
 */
void en_gathering_open(const en_run *run, en_gathering *gathering, size_t depth)
{
    en_twin_renew(run, &gathering->arenas);
    *gathering = (en_gathering){
        .open = true, .depth = depth, .arenas = gathering->arenas, .seed = run->random.state[0]
    };
}

/* The arenas that are emptied before the collection is: of the bundles of loops, of the collections
 * and of the variables read in deeper frames. */
static const en_arena **passing_arenas(en_run *run, const en_gathering *gathering, size_t *count)
{
    size_t loans = en_run_loans(run, gathering->depth, NULL);
    size_t most = run->depth + run->plan->aggregator_count + loans;
    const en_arena **arenas = EN_TRY_ARRAY(en_run_arena(run), const en_arena *, most + 1);
    *count = 0;
    for (size_t i = gathering->depth; arenas != NULL && i < run->depth; i++) {
        if (run->frames[i]->kind == EN_FRAME_LOOP) {
            arenas[(*count)++] = en_twin_arena(&run->frames[i]->arenas);
        }
    }
    for (uint32_t i = 0; arenas != NULL && i < run->plan->aggregator_count; i++) {
        if (run->gatherings[i].depth > gathering->depth) {
            arenas[(*count)++] = en_twin_arena(&run->gatherings[i].arenas);
        }
    }
    if (arenas != NULL) {
        *count += en_run_loans(run, gathering->depth, arenas + *count);
    }
    return arenas;
}

static void grow_buckets(en_gathering *gathering)
{
    size_t count = gathering->bucket_count != 0 ? gathering->bucket_count * 4 : 16;
    en_group **buckets = EN_TRY_ARRAY(en_twin_arena(&gathering->arenas), en_group *, count);
    if (buckets == NULL) {
        return; /* longer chains; the arena's mark ends the run */
    }
    memset(buckets, 0, count * sizeof *buckets);
    for (en_group *group = gathering->first; group != NULL; group = group->next) {
        en_group **bucket = &buckets[en_text_hash(group->text, gathering->seed) & (count - 1)];
        group->collision = *bucket;
        *bucket = group;
    }
    gathering->buckets = buckets;
    gathering->bucket_count = count;
}

static en_group *add_group(en_gathering *gathering, en_text text, en_value key)
{
    en_group *group = EN_NEW(en_twin_arena(&gathering->arenas), en_group);
    group->text = en_text_copy(en_twin_arena(&gathering->arenas), text);
    group->key = en_value_copy(en_twin_arena(&gathering->arenas), key);
    if (gathering->last != NULL) {
        gathering->last->next = group;
    } else {
        gathering->first = group;
    }
    gathering->last = group;
    gathering->group_count++;
    return group;
}

/* The group of a key; without groupBy there is one, whose key is nothing. */
static en_group *find_group(en_run *run, en_gathering *gathering, en_value key)
{
    if (key.tag == EN_NOTHING) {
        return gathering->first != NULL ? gathering->first : add_group(gathering, EN_TEXT(""), key);
    }
    en_text text = en_json_text(en_run_arena(run), key, EN_JSON_TYPED);
    if (gathering->group_count >= gathering->bucket_count * 2) {
        grow_buckets(gathering);
    }
    if (gathering->bucket_count == 0) {
        return add_group(gathering, text, key);
    }
    en_group **bucket =
        &gathering->buckets[en_text_hash(text, gathering->seed) & (gathering->bucket_count - 1)];
    for (en_group *group = *bucket; group != NULL; group = group->collision) {
        if (en_text_equal(group->text, text)) {
            return group;
        }
    }
    en_group *group = add_group(gathering, text, key);
    group->collision = *bucket;
    *bucket = group;
    return group;
}

static void append_input(en_gathering *gathering, en_group *group, en_input input)
{
    if (group->count == group->capacity) {
        size_t capacity = group->capacity != 0 ? group->capacity * 2 : 4;
        en_input *inputs = EN_TRY_ARRAY(en_twin_arena(&gathering->arenas), en_input, capacity);
        if (inputs == NULL) {
            return;
        }
        if (group->count != 0) {
            memcpy(inputs, group->inputs, group->count * sizeof *inputs);
        }
        group->inputs = inputs;
        group->capacity = capacity;
    }
    group->inputs[group->count++] = input;
}

bool en_run_inputs(en_run *run, const en_step *step, en_input **inputs, size_t *count)
{
    *count = 0;
    *inputs = EN_TRY_ARRAY(en_run_arena(run), en_input, step->source_count);
    if (*inputs == NULL) {
        return false;
    }
    for (size_t i = 0; i < step->source_count; i++) {
        const en_source *source = &step->sources[i];
        if (!run->live[source->step] || source->slot == EN_NO_INDEX) {
            continue;
        }
        en_value bundle = run->slots[source->slot];
        if (source->is_loop && en_collection_has(bundle, EN_TEXT("item"))) {
            bundle = en_collection_find(bundle, EN_TEXT("item"));
        }
        (*inputs)[(*count)++] =
            (en_input){ step->joins ? source->route : EN_TEXT(""), bundle, en_null() };
    }
    return true;
}

bool en_run_collect(en_run *run, const en_step *step)
{
    en_gathering *gathering = &run->gatherings[step->aggregator];
    if (!gathering->open) { /* a resumed run reaches it without its feeder */
        en_gathering_open(run, gathering, 0);
    }
    en_input *inputs;
    size_t count;
    if (!en_run_inputs(run, step, &inputs, &count)) {
        return false;
    }
    if (count == 0) { /* it came by a route without steps: nothing arrives */
        return true;
    }
    en_value key = en_nothing();
    en_value values = en_null();
    if (step->group_key != NULL &&
        !en_mapping_eval(step->group_key, &run->scope, &key, &run->error)) {
        en_error_prefix_path(&run->error, EN_TEXT("groupBy"));
        return false;
    }
    if (step->group_key != NULL && key.tag == EN_NOTHING) {
        key = en_null();
    }
    if (step->collected != NULL &&
        !en_mapping_eval(step->collected, &run->scope, &values, &run->error)) {
        en_error_prefix_path(&run->error, EN_TEXT("targetStructure"));
        return false;
    }
    size_t passing_count;
    const en_arena **passing = passing_arenas(run, gathering, &passing_count);
    if (passing == NULL) {
        return false;
    }
    en_arena *arena = en_twin_arena(&gathering->arenas);
    gathering->group_name = step->group_name;
    en_group *group = find_group(run, gathering, key);
    values = en_value_rescue(arena, values, passing, passing_count);
    for (size_t i = 0; i < count; i++) {
        en_value bundle = en_value_rescue(arena, inputs[i].bundle, passing, passing_count);
        append_input(gathering, group, (en_input){ inputs[i].route, bundle, values });
    }
    return true;
}
