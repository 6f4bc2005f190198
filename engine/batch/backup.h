/* backup - a database as one file with its checksum, and back.
 *
 * Shape:    a backup is the database as it is at one moment, copied while others go on writing, and
 *           looked through before it takes its name. Beside it FILE.sha256 holds its hash, in the
 *           form of sha256sum. Restoring compares the hash, looks the file through, and then puts
 *           all of it in place at once: a database that is not there gets its name when it is
 *           whole; one that is there is overwritten in one transaction, so that whoever has it open
 *           sees the old content or the new.
 * Units:    bytes.
 * Lifetime: nothing is kept.
 * Errors:   UsageError for files that are not there, DataError for a backup that is damaged or not
 *           the one its checksum was made of, StoreUnavailableError.
 * Threads:  as the database's.
 */
#ifndef EN_BATCH_BACKUP_H
#define EN_BATCH_BACKUP_H

#include "store/store.h"

typedef struct en_backup {
    const char *database;
    const char *file;
    bool unchecked; /* restore: without a checksum */
    uint64_t bytes; /* out: of the file */
    char sha256[65];
} en_backup;

EN_WARN_UNUSED bool en_backup_make(en_backup *backup, en_error *error);
EN_WARN_UNUSED bool en_backup_restore(en_backup *backup, en_error *error);

#endif
