#include "module/call.h"

#include <assert.h>
#include <stdio.h>

en_arena *en_call_arena(en_call *call)
{
    return call->arena;
}

en_error *en_call_error(en_call *call)
{
    return call->error;
}

bool en_call_is_first(const en_call *call)
{
    return call->is_first;
}

en_spool *en_call_spool(const en_call *call)
{
    return call->spool;
}

bool en_call_wants_count(const en_call *call)
{
    return call->wants_count;
}

en_value en_call_value(const en_call *call, size_t param)
{
    return call->arguments[param];
}

bool en_call_has(const en_call *call, size_t param)
{
    return !en_is_missing(call->arguments[param]);
}

en_text en_call_text(const en_call *call, size_t param)
{
    return en_value_text(call->arguments[param]);
}

double en_call_number(const en_call *call, size_t param)
{
    return en_value_number(call->arguments[param]);
}

uint64_t en_call_count(const en_call *call, size_t param)
{
    int64_t count = 0;
    return en_value_integer(call->arguments[param], &count) && count > 0 ? (uint64_t)count : 0;
}

bool en_call_boolean(const en_call *call, size_t param)
{
    en_value value = call->arguments[param];
    return value.tag == EN_BOOLEAN && value.as.boolean;
}

const en_filter *en_call_filter(const en_call *call, size_t param)
{
    static const en_filter always_true = { 0 };
    return call->filters != NULL ? &call->filters[param] : &always_true;
}

static bool emit(en_call *call, en_emission emission, en_value value)
{
    assert(call->emission == EN_EMITTED_NOTHING);
    call->emission = emission;
    call->emitted = value;
    return true;
}

bool en_call_emit(en_call *call, en_value bundle)
{
    return emit(call, EN_EMITTED_ONE, bundle);
}

bool en_call_emit_list(en_call *call, en_value array)
{
    assert(array.tag == EN_ARRAY);
    return emit(call, EN_EMITTED_LIST, array);
}

bool en_call_emit_count(en_call *call, uint64_t count)
{
    en_value *nulls = count <= UINT32_MAX ? EN_TRY_ARRAY(call->arena, en_value, count) : NULL;
    if (nulls == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError,
                            "a list of %llu elements does not fit into memory",
                            (unsigned long long)count);
    }
    for (uint64_t i = 0; i < count; i++) {
        nulls[i] = en_null();
    }
    return emit(call, EN_EMITTED_LIST, en_array(nulls, (uint32_t)count));
}

bool en_call_emit_items(en_call *call, en_value array)
{
    assert(array.tag == EN_ARRAY);
    return emit(call, EN_EMITTED_ITEMS, array);
}

int64_t en_call_now_ms(const en_call *call)
{
    return call->now_ms;
}

en_random *en_call_random(en_call *call)
{
    return call->random;
}

const en_zone *en_call_zone(const en_call *call)
{
    return call->zone;
}

en_regex_cache *en_call_patterns(en_call *call)
{
    return call->patterns;
}

en_value en_call_payload(const en_call *call)
{
    return call->payload;
}

en_value en_call_request(const en_call *call)
{
    return call->request;
}

void en_call_set_variable(en_call *call, en_text name, en_value value)
{
    call->host->set_variable(call, name, value);
}

en_value en_call_variable(const en_call *call, en_text name)
{
    return call->host->variable(call, name);
}

en_segment *en_call_store(en_call *call)
{
    assert((call->module->flags & (EN_READS | EN_WRITES)) != 0);
    return call->host->store(call);
}

bool en_call_commit(en_call *call)
{
    return call->host->commit(call);
}

bool en_call_rollback(en_call *call)
{
    return call->host->rollback(call);
}

bool en_call_http(en_call *call, const en_http_request *request, en_http_response *response)
{
    assert((call->module->flags & EN_OUTSIDE) != 0);
    return call->host->http(call, request, response);
}

void en_call_keep_reply(en_call *call, en_value bundle)
{
    call->host->keep_reply(call, bundle);
}

en_value en_call_last_reply(const en_call *call)
{
    return call->host->last_reply(call);
}

bool en_call_sleep(en_call *call, int64_t duration_ms)
{
    assert((call->module->flags & EN_OUTSIDE) != 0);
    return call->host->sleep(call, duration_ms);
}

bool en_call_respond(en_call *call, int status, en_value headers, en_value body)
{
    assert((call->module->flags & EN_OUTSIDE) != 0);
    return call->host->respond(call, status, headers, body);
}

void en_call_error_data(en_call *call, en_value data)
{
    call->error_data = data;
}

void en_call_warn(en_call *call, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    call->host->warn(call, en_text_from(message));
}

size_t en_call_input_count(const en_call *call)
{
    return call->input_count;
}

en_input en_call_input(const en_call *call, size_t index)
{
    return call->inputs[index];
}

en_value en_call_group_key(const en_call *call)
{
    return call->group_key;
}

en_text en_call_group_name(const en_call *call)
{
    return call->group_name;
}
