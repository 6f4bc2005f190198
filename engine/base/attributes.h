/* attributes - the compiler attributes that the engine's headers use; C17 has no spelling for them.
 *
 * Shape:    macros only. Units, Lifetime, Errors, Threads: none. */
#ifndef EN_BASE_ATTRIBUTES_H
#define EN_BASE_ATTRIBUTES_H

#define EN_WARN_UNUSED                     __attribute__((warn_unused_result))
#define EN_FORMAT(format_at, arguments_at) __attribute__((format(printf, format_at, arguments_at)))
#define EN_NEVER_NULL                      __attribute__((returns_nonnull))

#endif
