#include "fault_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

static const struct {
    const char *name;
    int code;
} kinds[FAULT_KINDS] = {
    [FAULT_OPEN] = { "open", SQLITE_CANTOPEN },
    [FAULT_READ] = { "read", SQLITE_IOERR_READ },
    [FAULT_SHORT_READ] = { "short-read", SQLITE_IOERR_READ },
    [FAULT_WRITE] = { "write", SQLITE_IOERR_WRITE },
    [FAULT_TORN_WRITE] = { "torn-write", SQLITE_IOERR_WRITE },
    [FAULT_FULL] = { "full", SQLITE_FULL },
    [FAULT_SYNC] = { "sync", SQLITE_IOERR_FSYNC },
    [FAULT_TRUNCATE] = { "truncate", SQLITE_IOERR_TRUNCATE },
    [FAULT_SIZE] = { "size", SQLITE_IOERR_FSTAT },
    [FAULT_LOCK] = { "lock", SQLITE_IOERR_LOCK },
    [FAULT_BUSY] = { "busy", SQLITE_BUSY },
    [FAULT_SHARED_MAP] = { "shared-map", SQLITE_IOERR_SHMMAP },
    [FAULT_SHARED_LOCK] = { "shared-lock", SQLITE_IOERR_SHMLOCK },
    [FAULT_SHARED_BUSY] = { "shared-busy", SQLITE_BUSY },
    [FAULT_DELETE] = { "delete", SQLITE_IOERR_DELETE },
    [FAULT_ACCESS] = { "access", SQLITE_IOERR_ACCESS },
};

static struct {
    atomic_bool counting;
    atomic_uint calls[FAULT_KINDS];
    atomic_int open_files;
    fault_kind kind;
    unsigned nth; /* 0: none */
    bool lasting;
} faults;

const char *fault_name(fault_kind kind)
{
    return kinds[kind].name;
}

static void start(void)
{
    for (int i = 0; i < FAULT_KINDS; i++) {
        atomic_store(&faults.calls[i], 0);
    }
    atomic_store(&faults.counting, true);
}

void fault_arm(fault_kind kind, unsigned nth, bool lasting)
{
    faults.kind = kind;
    faults.nth = nth;
    faults.lasting = lasting;
    start();
}

void fault_count(void)
{
    faults.nth = 0;
    start();
}

void fault_disarm(void)
{
    faults.nth = 0;
    atomic_store(&faults.counting, false);
}

unsigned fault_calls(fault_kind kind)
{
    return atomic_load(&faults.calls[kind]);
}

int fault_open_files(void)
{
    return atomic_load(&faults.open_files);
}

/* SQLITE_OK, or what this call has to fail with. */
static int meet(fault_kind kind)
{
    if (!atomic_load(&faults.counting)) {
        return SQLITE_OK;
    }
    unsigned number = atomic_fetch_add(&faults.calls[kind], 1) + 1;
    bool fails = faults.nth != 0 && faults.kind == kind &&
                 (number == faults.nth || (faults.lasting && number > faults.nth));
    return fails ? kinds[kind].code : SQLITE_OK;
}

/* The same for calls that can fail in several ways: every kind counts. */
static int meet_any(const fault_kind *any, size_t count, fault_kind *which)
{
    int found = SQLITE_OK;
    for (size_t i = 0; i < count; i++) {
        int code = meet(any[i]);
        if (code != SQLITE_OK) {
            found = code;
            *which = any[i];
        }
    }
    return found;
}

/* --- files --- */

typedef struct file {
    sqlite3_file base;
    sqlite3_file *real; /* right behind this */
} file;

static sqlite3_file *real_of(sqlite3_file *base)
{
    return ((file *)(void *)base)->real;
}

static int do_close(sqlite3_file *base)
{
    sqlite3_file *real = real_of(base);
    atomic_fetch_sub(&faults.open_files, 1);
    return real->pMethods->xClose(real);
}

static int do_read(sqlite3_file *base, void *bytes, int size, sqlite3_int64 offset)
{
    static const fault_kind any[] = { FAULT_READ, FAULT_SHORT_READ };
    sqlite3_file *real = real_of(base);
    fault_kind which = FAULT_READ;
    int code = meet_any(any, 2, &which);
    if (code == SQLITE_OK) {
        return real->pMethods->xRead(real, bytes, size, offset);
    }
    if (which == FAULT_SHORT_READ) {
        (void)real->pMethods->xRead(real, bytes, size / 2, offset);
    }
    return code;
}

static int do_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset)
{
    static const fault_kind any[] = { FAULT_WRITE, FAULT_TORN_WRITE, FAULT_FULL };
    sqlite3_file *real = real_of(base);
    fault_kind which = FAULT_WRITE;
    int code = meet_any(any, 3, &which);
    if (code == SQLITE_OK) {
        return real->pMethods->xWrite(real, bytes, size, offset);
    }
    if (which == FAULT_TORN_WRITE) {
        (void)real->pMethods->xWrite(real, bytes, size / 2, offset);
    }
    return code;
}

static int do_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    sqlite3_file *real = real_of(base);
    int code = meet(FAULT_TRUNCATE);
    return code != SQLITE_OK ? code : real->pMethods->xTruncate(real, size);
}

static int do_sync(sqlite3_file *base, int flags)
{
    (void)base;
    (void)flags;
    return meet(FAULT_SYNC);
}

static int do_size(sqlite3_file *base, sqlite3_int64 *size)
{
    sqlite3_file *real = real_of(base);
    int code = meet(FAULT_SIZE);
    return code != SQLITE_OK ? code : real->pMethods->xFileSize(real, size);
}

static int do_lock(sqlite3_file *base, int level)
{
    static const fault_kind any[] = { FAULT_LOCK, FAULT_BUSY };
    sqlite3_file *real = real_of(base);
    fault_kind which = FAULT_LOCK;
    int code = meet_any(any, 2, &which);
    return code != SQLITE_OK ? code : real->pMethods->xLock(real, level);
}

static int do_unlock(sqlite3_file *base, int level)
{
    sqlite3_file *real = real_of(base);
    return real->pMethods->xUnlock(real, level);
}

static int do_check_lock(sqlite3_file *base, int *reserved)
{
    sqlite3_file *real = real_of(base);
    int code = meet(FAULT_LOCK);
    return code != SQLITE_OK ? code : real->pMethods->xCheckReservedLock(real, reserved);
}

static int do_control(sqlite3_file *base, int operation, void *argument)
{
    sqlite3_file *real = real_of(base);
    return real->pMethods->xFileControl(real, operation, argument);
}

static int do_sector_size(sqlite3_file *base)
{
    sqlite3_file *real = real_of(base);
    return real->pMethods->xSectorSize(real);
}

static int do_characteristics(sqlite3_file *base)
{
    sqlite3_file *real = real_of(base);
    return real->pMethods->xDeviceCharacteristics(real);
}

static int do_shared_map(sqlite3_file *base, int region, int size, int extend, void volatile **at)
{
    sqlite3_file *real = real_of(base);
    int code = meet(FAULT_SHARED_MAP);
    if (code != SQLITE_OK) {
        *at = NULL;
        return code;
    }
    return real->pMethods->xShmMap(real, region, size, extend, at);
}

static int do_shared_lock(sqlite3_file *base, int offset, int count, int flags)
{
    static const fault_kind any[] = { FAULT_SHARED_LOCK, FAULT_SHARED_BUSY };
    sqlite3_file *real = real_of(base);
    fault_kind which = FAULT_SHARED_LOCK;
    int code = (flags & SQLITE_SHM_LOCK) != 0 ? meet_any(any, 2, &which) : SQLITE_OK;
    return code != SQLITE_OK ? code : real->pMethods->xShmLock(real, offset, count, flags);
}

static void do_shared_barrier(sqlite3_file *base)
{
    sqlite3_file *real = real_of(base);
    real->pMethods->xShmBarrier(real);
}

static int do_shared_unmap(sqlite3_file *base, int remove)
{
    sqlite3_file *real = real_of(base);
    return real->pMethods->xShmUnmap(real, remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_unlock,
    .xCheckReservedLock = do_check_lock,
    .xFileControl = do_control,
    .xSectorSize = do_sector_size,
    .xDeviceCharacteristics = do_characteristics,
    .xShmMap = do_shared_map,
    .xShmLock = do_shared_lock,
    .xShmBarrier = do_shared_barrier,
    .xShmUnmap = do_shared_unmap,
};

/* --- the file system --- */

static sqlite3_vfs *below;
static sqlite3_vfs vfs; /* like the one below but for what stands here */

static int do_open(sqlite3_vfs *self, const char *name, sqlite3_file *base, int flags, int *out)
{
    (void)self;
    file *opened = (file *)(void *)base;
    opened->base.pMethods = NULL;
    opened->real = (sqlite3_file *)(void *)(opened + 1);
    int code = meet(FAULT_OPEN);
    if (code == SQLITE_OK) {
        code = below->xOpen(below, name, opened->real, flags, out);
    }
    if (code == SQLITE_OK) {
        opened->base.pMethods = &methods;
        atomic_fetch_add(&faults.open_files, 1);
    }
    return code;
}

static int do_delete(sqlite3_vfs *self, const char *name, int sync)
{
    (void)self;
    (void)sync;
    int code = meet(FAULT_DELETE);
    return code != SQLITE_OK ? code : below->xDelete(below, name, 0);
}

static int do_access(sqlite3_vfs *self, const char *name, int flags, int *answer)
{
    (void)self;
    int code = meet(FAULT_ACCESS);
    return code != SQLITE_OK ? code : below->xAccess(below, name, flags, answer);
}

/* Whoever waits for a lock that never comes needs not wait in truth. */
static int do_sleep(sqlite3_vfs *self, int duration_us)
{
    (void)self;
    return duration_us;
}

void fault_vfs_install(void)
{
    below = sqlite3_vfs_find(NULL);
    vfs = *below;
    vfs.pNext = NULL;
    vfs.zName = "faults";
    vfs.szOsFile = below->szOsFile + (int)sizeof(file);
    vfs.xOpen = do_open;
    vfs.xDelete = do_delete;
    vfs.xAccess = do_access;
    vfs.xSleep = do_sleep;
    sqlite3_vfs_register(&vfs, 1);
}
