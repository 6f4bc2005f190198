#include "replay/stream.h"

#include "base/units.h"
#include "value/calendar.h"
#include "value/number.h"

#include <math.h>

enum { KEY_SLOT, NUMBER_SLOT, BURST_SLOT, SLOTS };
static const char *const slot_names[SLOTS] = { "key", "number", "burst" };

struct en_stream {
    en_stream_options options;
    const en_mapping *shape;
    double *reach; /* of key i: the chance of it and all before it, times the last */
    en_random random;
    double since_ms; /* the first moment */
    uint64_t number;
};

/* --- words --- */

bool en_stream_read_rate(en_text text, double *rate, en_error *error)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = { { "/s", 1 }, { "/m", 60 }, { "/h", 3600 }, { "/d", 86400 }, { "", 1 } };
    size_t i = 0;
    while (!en_text_ends(text, en_text_from(units[i].unit))) {
        i++;
    }
    en_value number;
    en_text digits = en_text_slice(text, 0, text.length - en_text_from(units[i].unit).length);
    *rate = en_number_read_json(digits, &number) ? en_value_number(number) / units[i].seconds : 0;
    return (*rate > 0 && *rate <= 1e6) ||
           en_error_set(error, EN_UsageError, "a rate is written 5/s, 100/m or 2/h, not '%.*s'",
                        EN_TEXT_ARG(text));
}

bool en_stream_read_burst(en_text text, en_stream_options *options, en_error *error)
{
    size_t first = en_text_find(text, EN_TEXT(":"), 0);
    size_t second = first == SIZE_MAX ? SIZE_MAX : en_text_find(text, EN_TEXT(":"), first + 1);
    en_value factor = en_null();
    bool read =
        second != SIZE_MAX &&
        en_units_read_ms(en_text_slice(text, 0, first), &options->burst_every_ms) &&
        en_units_read_ms(en_text_slice(text, first + 1, second), &options->burst_length_ms) &&
        en_number_read_json(en_text_slice(text, second + 1, text.length), &factor);
    options->burst_factor = en_value_number(factor);
    if (read && options->burst_every_ms > 0 && options->burst_length_ms > 0 &&
        options->burst_length_ms <= options->burst_every_ms && options->burst_factor > 0 &&
        options->burst_factor <= 1e6) {
        return true;
    }
    return en_error_set(error, EN_UsageError,
                        "a burst is written EVERY:LENGTH:FACTOR, such as 10m:30s:8, not '%.*s'",
                        EN_TEXT_ARG(text));
}

/* --- opening --- */

static bool resolve(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                    en_ref *ref)
{
    (void)resolver;
    (void)at;
    *ref = (en_ref){ .kind = EN_REF_NOTHING, .present = EN_NO_SLOT, .name = name };
    for (uint32_t i = 0; i < SLOTS; i++) {
        if (en_text_equal(name, en_text_from(slot_names[i]))) {
            ref->kind = EN_REF_SLOT;
            ref->slot = i;
        }
    }
    return !is_id || field.length != 0;
}

typedef struct first_problem {
    en_mapping_sink sink;
    en_error *error;
} first_problem;

static void keep_problem(en_mapping_sink *sink, const en_error *error)
{
    en_error *kept = ((first_problem *)sink)->error;
    if (!en_error_is_set(kept)) {
        *kept = *error;
        kept->type = EN_UsageError;
    }
}

static bool weigh_keys(en_stream *stream, en_arena *arena, en_error *error)
{
    const en_stream_options *options = &stream->options;
    if (options->keys == 0 || options->keys > EN_STREAM_KEYS) {
        return en_error_set(error, EN_UsageError, "there are 1 to %d keys, not %llu",
                            EN_STREAM_KEYS, (unsigned long long)options->keys);
    }
    stream->reach = EN_TRY_ARRAY(arena, double, (size_t)options->keys);
    if (stream->reach == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "there is no memory for the keys");
    }
    double sum = 0;
    for (size_t i = 0; i < options->keys; i++) {
        sum += pow((double)i + 1, -options->skew);
        stream->reach[i] = sum;
    }
    return true;
}

bool en_stream_open(en_arena *arena, const en_stream_options *options, en_stream **made,
                    en_error *error)
{
    en_stream *stream = EN_NEW(arena, en_stream);
    stream->options = *options;
    en_random_init_seed(&stream->random, options->seed);
    if (!en_is(options->shape, EN_COLLECTION)) {
        return en_error_set(error, EN_UsageError,
                            "the template of an event is a collection, not %s",
                            en_tag_name((en_tag)options->shape.tag));
    }
    en_resolver resolver = {
        .resolve = resolve, .rules = &en_rules_list, .arena = arena, .check_functions = true
    };
    first_problem first = { { keep_problem }, error };
    stream->shape = en_mapping_compile(&resolver, options->shape, &first.sink);
    *made = stream;
    return !en_error_is_set(error) && weigh_keys(stream, arena, error);
}

/* --- events --- */

static uint64_t draw_key(en_stream *stream)
{
    size_t count = (size_t)stream->options.keys;
    double at = en_random_unit(&stream->random) * stream->reach[count - 1];
    size_t low = 0;
    size_t high = count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stream->reach[middle] <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low + 1;
}

static bool in_burst(const en_stream_options *options, double since_ms, double *left_ms)
{
    double every = (double)options->burst_every_ms;
    double quiet = every - (double)options->burst_length_ms;
    double place = fmod(since_ms, every);
    bool is_burst = place >= quiet;
    *left_ms = is_burst ? every - place : quiet - place;
    return is_burst;
}

/* How many events are due until the next one is one for a fixed rate, else exponential; the rate is
 * constant between the ends of bursts. */
static bool advance(en_stream *stream)
{
    const en_stream_options *options = &stream->options;
    double due = options->is_fixed ? 1 : -log1p(-en_random_unit(&stream->random));
    for (;;) {
        double left_ms = INFINITY;
        bool is_burst =
            options->burst_every_ms != 0 && in_burst(options, stream->since_ms, &left_ms);
        double rate_ms = options->rate * (is_burst ? options->burst_factor : 1) / 1000;
        if (due <= left_ms * rate_ms) {
            stream->since_ms += due / rate_ms;
            return is_burst;
        }
        due -= left_ms * rate_ms;
        double next_ms = nextafter(stream->since_ms, INFINITY); /* what is left may be too little */
        stream->since_ms = fmax(stream->since_ms + left_ms, next_ms);
    }
}

bool en_stream_next(en_stream *stream, en_arena *arena, en_value *event, en_error *error)
{
    bool is_burst = advance(stream);
    double exact_ms = (double)stream->options.from_ms + stream->since_ms;
    if (!(exact_ms < (double)EN_DATE_MAX)) {
        return en_error_set(error, EN_UsageError, "the events go beyond the end of the calendar");
    }
    int64_t at_ms = (int64_t)exact_ms;
    const en_value slots[SLOTS] = { [KEY_SLOT] = en_number((double)draw_key(stream)),
                                    [NUMBER_SLOT] = en_number((double)++stream->number),
                                    [BURST_SLOT] = en_boolean(is_burst) };
    en_scope scope = { .slots = slots,
                       .arena = arena,
                       .now_ms = at_ms,
                       .random = &stream->random,
                       .zone = stream->options.zone,
                       .zones = stream->options.zones };
    en_value made;
    if (!en_mapping_eval(stream->shape, &scope, &made, error)) {
        return false;
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    for (uint32_t i = 0; i < en_collection_count(made); i++) {
        const en_member *member = &en_collection_members(made)[i];
        en_collection_builder_add(&object, member->name, member->value);
    }
    en_collection_builder_add(&object, EN_TEXT("at"), en_date(at_ms));
    *event = en_collection_builder_take(&object);
    return true;
}
