/* folder - what lies in a folder, in an order that does not depend on the file system.
 *
 * Shape:    one listing, sorted by the bytes of the names; names that begin with a dot are left
 *           out.
 * Units:    none.
 * Lifetime: names live in the arena passed.
 * Errors:   false when the folder cannot be read: errno says why.
 * Threads:  free.
 */
#ifndef EN_BASE_FOLDER_H
#define EN_BASE_FOLDER_H

#include "base/text.h"

typedef struct en_entry {
    en_text name; /* without the folder; ends in NUL */
    bool is_folder;
    bool is_file; /* links count as what they lead to */
} en_entry;

EN_WARN_UNUSED bool en_folder_list(en_arena *arena, const char *path, en_entry **entries,
                                   size_t *count);
/* "folder/name"; just the name in "." and "". */
const char *en_folder_join(en_arena *arena, en_text folder, en_text name);

#endif
