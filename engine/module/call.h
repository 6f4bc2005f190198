/* call - one call of a module, as the executor prepares it and a module's code sees it.
 *
 * Shape:    plain data filled by the executor, plus a table of what only the executor can do.
 * Modules use the functions of module.h and never this header. Units:    as module.h. Lifetime:
 * lives for the call; everything in it for the call's bundle. Errors:   as module.h. Threads:  one
 * thread.
 */
#ifndef EN_MODULE_CALL_H
#define EN_MODULE_CALL_H

#include "module/module.h"

/* What a call may ask of its run. Functions that return bool set call->error. */
typedef struct en_call_host {
    en_segment *(*store)(en_call *call);
    bool (*commit)(en_call *call);
    bool (*rollback)(en_call *call);
    bool (*http)(en_call *call, const en_http_request *request, en_http_response *response);
    void (*keep_reply)(en_call *call, en_value bundle);
    en_value (*last_reply)(const en_call *call);
    bool (*sleep)(en_call *call, int64_t duration_ms);
    bool (*respond)(en_call *call, int status, en_value headers, en_value body);
    void (*set_variable)(en_call *call, en_text name, en_value value);
    en_value (*variable)(const en_call *call, en_text name);
    void (*warn)(en_call *call, en_text message);
} en_call_host;

typedef enum en_emission {
    EN_EMITTED_NOTHING,
    EN_EMITTED_ONE,
    EN_EMITTED_LIST, /* the elements are the bundles */
    EN_EMITTED_ITEMS /* the elements are wrapped as {item, index, length} */
} en_emission;

struct en_call {
    const en_call_host *host;
    void *run;
    const en_module *module;
    bool is_first;
    bool wants_count;
    en_spool *spool; /* or NULL */
    en_arena *arena;
    en_error *error;
    const en_value *arguments; /* one for each parameter of the row */
    const en_filter *filters;  /* the same; NULL when the row takes no filter */
    int64_t now_ms;
    en_random *random;
    const en_zone *zone;
    en_regex_cache *patterns;
    en_value payload;
    en_value request;
    const en_input *inputs;
    size_t input_count;
    en_value group_key;
    en_text group_name;

    en_emission emission;
    en_value emitted;
    en_value error_data;
};

#endif
