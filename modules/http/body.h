/* body - what a request carries, by bodyType and the value given.
 *
 * Shape:    raw and JSON: text and buffers as they are, anything else as JSON. Forms: fields, an
 *           array repeats its name. Multipart: a part for each field; a buffer, or a collection
 *           {data, fileName, contentType}, is a file.
 * Units:    none.
 * Lifetime: texts live in the call's arena or share the value's.
 * Errors:   BundleValidationError for a body that its type cannot carry.
 * Threads:  as the call's.
 */
#ifndef EN_MODULES_HTTP_BODY_H
#define EN_MODULES_HTTP_BODY_H

#include "module/module.h"

/* Fills body or parts; `content_type` is what goes with it, or NULL. An empty value is no body. */
EN_WARN_UNUSED bool en_body_read(en_call *call, en_text type, en_value body,
                                 en_http_request *request, const char **content_type);

#endif
