/* fault_vfs - SQLite's way to files, with faults: the n-th call of a kind fails, once or from then
 * on.
 *
 * Shape:    fault_vfs_install puts it in front of the system's own and makes it the default, so
 *           that the engine uses it without knowing. It counts all calls that can fail while it is
 *           armed or told to count.
 * Units:    calls, from 1.
 * Lifetime: of the program.
 * Errors:   what SQLite's own files give: IOERR of the kind, FULL, CANTOPEN, BUSY. A torn write has
 *           written half of its bytes, a short read has read half; a call that fails otherwise did
 *           nothing. Syncs that succeed do nothing either: nobody pulls a plug here.
 * Threads:  counters are atomic; arming while others work is the caller's affair.
 */
#ifndef EN_TEST_FAULT_VFS_H
#define EN_TEST_FAULT_VFS_H

#include <stdbool.h>

typedef enum fault_kind {
    FAULT_OPEN,
    FAULT_READ,
    FAULT_SHORT_READ,
    FAULT_WRITE,
    FAULT_TORN_WRITE,
    FAULT_FULL,
    FAULT_SYNC,
    FAULT_TRUNCATE,
    FAULT_SIZE,
    FAULT_LOCK,
    FAULT_BUSY, /* a lock that somebody else holds */
    FAULT_SHARED_MAP,
    FAULT_SHARED_LOCK,
    FAULT_SHARED_BUSY,
    FAULT_DELETE,
    FAULT_ACCESS,
    FAULT_KINDS
} fault_kind;

void fault_vfs_install(void);
const char *fault_name(fault_kind kind);

/* Counts from here; the call number `nth` of the kind fails, and if `lasting` all behind it. */
void fault_arm(fault_kind kind, unsigned nth, bool lasting);
/* Counts from here, and nothing fails. */
void fault_count(void);
/* Nothing fails or counts any more. */
void fault_disarm(void);
/* Calls of a kind since arming. */
unsigned fault_calls(fault_kind kind);
/* Files that are open just now. */
int fault_open_files(void);

#endif
