#include "store/group.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "store/layout.h"
#include "store/wishes.h"

#include <poll.h>
#include <semaphore.h>

enum { MOST_SEGMENTS = 64 };

struct en_waiting {
    struct en_waiting *next;
    sem_t settled;
    bool on_disk;
    en_error *error; /* the member's own; may be NULL */
};

bool en_group_begin(en_sqlite *database, const volatile int *interrupted, en_error *error)
{
    const en_database_options *options = &database->options;
    en_db *db = database->writer.db;
    if (!database->in_memory && !en_mutant("deferred") &&
        !en_turnstile_enter(&database->turnstile, options->path, options->busy_ms, interrupted,
                            error)) {
        return false;
    }
    en_db_watch(db, interrupted, 0);
    if (!en_db_begin(db, !en_mutant("deferred"), error)) {
        en_turnstile_leave(&database->turnstile);
        return false;
    }
    database->group =
        (en_group){ .is_open = true, .due_us = en_clock_ticks_us() + database->group_us };
    return true;
}

/* Tells all members how it ended; they are gone as soon as they hear it. */
static void settle(en_group *group, bool on_disk, const en_error *cause)
{
    struct en_waiting *member = group->members;
    group->members = NULL;
    group->count = 0;
    while (member != NULL) {
        struct en_waiting *next = member->next;
        member->on_disk = on_disk;
        if (!on_disk && member->error != NULL && !en_error_is_set(member->error)) {
            *member->error = *cause;
        }
        sem_post(&member->settled);
        member = next;
    }
}

static void close_group(en_sqlite *database)
{
    database->group.is_open = false;
    en_turnstile_leave(&database->turnstile);
}

void en_group_fail(en_sqlite *database, const en_error *cause)
{
    settle(&database->group, false, cause);
    database->group.is_lost = true;
}

/* What the connection knows of tables may have been made by members that failed. */
static void forget_tables(en_sqlite *database)
{
    en_layout_close(&database->writer);
}

static void commit(en_sqlite *database)
{
    en_error cause;
    en_error_clear(&cause);
    bool unknown = false;
    database->commits++;
    if (en_mutant("early-ack")) {
        settle(&database->group, true, NULL);
        poll(NULL, 0, 2);
    }
    bool on_disk = en_db_commit(database->writer.db, &unknown, &cause);
    if (!on_disk) {
        database->suspect = unknown;
        if (!en_mutant("stale-tables")) {
            forget_tables(database);
        }
    }
    close_group(database);
    settle(&database->group, on_disk, &cause);
}

bool en_group_commit(en_sqlite *database, en_error *error)
{
    bool unknown = false;
    database->commits++;
    bool on_disk = en_db_commit(database->writer.db, &unknown, error);
    if (!on_disk) {
        database->suspect = unknown;
        forget_tables(database);
    }
    close_group(database);
    if (!database->suspect) {
        en_wishes_grant(database);
    }
    en_turn_give(&database->turn);
    return on_disk;
}

void en_group_abandon(en_sqlite *database)
{
    en_db_rollback(database->writer.db);
    forget_tables(database);
    close_group(database);
    en_turn_give(&database->turn);
}

static bool is_due(const en_group *group)
{
    return group->count >= MOST_SEGMENTS || en_clock_ticks_us() >= group->due_us;
}

/* With members it is committed, sooner or later; without, nothing of it is worth keeping. */
static void give_away(en_sqlite *database)
{
    en_group *group = &database->group;
    en_db_watch(database->writer.db, NULL, 0);
    if (group->is_open && group->count != 0) {
        if (!is_due(group) && en_turn_pass(&database->turn)) {
            return;
        }
        commit(database);
        if (!database->suspect) {
            en_wishes_grant(database);
        }
    } else if (group->is_open) {
        en_db_rollback(database->writer.db);
        if (group->is_lost) {
            forget_tables(database);
        }
        close_group(database);
    }
    en_turn_give(&database->turn);
}

bool en_group_join(en_sqlite *database, en_error *error)
{
    en_group *group = &database->group;
    struct en_waiting self = { .next = group->members, .error = error };
    sem_init(&self.settled, 0, 0);
    group->members = &self;
    group->count++;
    give_away(database);
    while (sem_wait(&self.settled) != 0) { /* a signal came */
    }
    sem_destroy(&self.settled);
    return self.on_disk;
}

void en_group_leave(en_sqlite *database)
{
    if (database->group.is_open && database->group.count != 0) {
        (void)!en_group_join(database, NULL);
    } else {
        give_away(database);
    }
}
