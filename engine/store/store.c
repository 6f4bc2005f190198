#include "store/batch.h"
#include "store/history.h"
#include "store/undo.h"

bool en_database_open(const en_database_options *options, en_database **database, en_error *error)
{
    for (const en_backend *const *backend = en_backends; *backend != NULL; backend++) {
        if ((*backend)->accepts != NULL && (*backend)->accepts(options->path)) {
            return (*backend)->open(options, database, error);
        }
    }
    return en_error_set(error, EN_StoreUnavailableError,
                        "no kind of database knows the path or URL \"%s\"", options->path);
}

void en_database_close(en_database *database)
{
    if (database != NULL) {
        database->backend->close(database);
    }
}

bool en_database_declare(en_database *database, const en_schema *schema, en_error *error)
{
    return database->backend->declare(database, schema, error);
}

bool en_segment_enter(en_database *database, en_segment_kind kind, const en_store_run *run,
                      en_segment **segment, en_error *error)
{
    return (run->batch == NULL || en_batch_begin(run->batch, error)) &&
           database->backend->enter(database, kind, run, segment, error);
}

bool en_segment_commit(en_segment *segment, en_error *error)
{
    return segment->backend->commit(segment, error);
}

void en_segment_rollback(en_segment *segment)
{
    segment->backend->rollback(segment);
}

bool en_segment_undo(en_segment *segment, en_error *error)
{
    return segment->backend->undo(segment, error);
}

bool en_store_add(en_segment *segment, en_text store, en_text key, en_value data, bool overwrite,
                  en_arena *arena, en_record *record, en_error *error)
{
    return segment->backend->add(segment, store, key, data, overwrite, arena, record, error);
}

bool en_store_update(en_segment *segment, en_text store, en_text key, en_value data, bool upsert,
                     en_arena *arena, en_record *record, en_error *error)
{
    return segment->backend->update(segment, store, key, data, upsert, arena, record, error);
}

bool en_store_get(en_segment *segment, en_text store, en_text key, en_arena *arena,
                  en_record *record, en_error *error)
{
    return segment->backend->get(segment, store, key, arena, record, error);
}

bool en_store_delete(en_segment *segment, en_text store, en_text key, uint64_t *deleted,
                     en_error *error)
{
    return segment->backend->remove(segment, store, key, deleted, error);
}

bool en_store_clear(en_segment *segment, en_text store, uint64_t *deleted, en_error *error)
{
    return segment->backend->clear(segment, store, deleted, error);
}

bool en_store_search(en_segment *segment, en_text store, const en_query *query, en_arena *arena,
                     en_found *found, en_error *error)
{
    return segment->backend->search(segment, store, query, arena, found, error);
}

bool en_store_visit(en_segment *segment, en_text store, const en_query *query,
                    en_store_visitor *visit, void *owner, en_error *error)
{
    return segment->backend->visit(segment, store, query, visit, owner, error);
}

bool en_store_increment(en_segment *segment, en_text store, en_text key, en_text field, en_value by,
                        bool upsert, en_arena *arena, en_value *value, en_error *error)
{
    return segment->backend->increment(segment, store, key, field, by, upsert, arena, value, error);
}

bool en_store_compare_and_set(en_segment *segment, en_text store, en_text key, en_value expected,
                              en_value data, bool upsert, en_arena *arena, bool *swapped,
                              en_record *record, en_error *error)
{
    return segment->backend->compare_and_set(segment, store, key, expected, data, upsert, arena,
                                             swapped, record, error);
}

bool en_store_load_begin(en_segment *segment, en_text store, bool *begun, en_error *error)
{
    return segment->backend->load_begin(segment, store, begun, error);
}

bool en_store_load_end(en_segment *segment, en_text store, en_error *error)
{
    return segment->backend->load_end(segment, store, error);
}

bool en_store_list(en_segment *segment, en_arena *arena, en_store_info **infos, size_t *count,
                   en_error *error)
{
    return segment->backend->list(segment, arena, infos, count, error);
}

bool en_store_describe(en_segment *segment, en_text store, en_arena *arena, en_store_info *info,
                       bool *found, en_error *error)
{
    return segment->backend->describe(segment, store, arena, info, found, error);
}

bool en_store_explain(en_segment *segment, en_text store, const en_query *query, en_arena *arena,
                      en_explanation *explanation, en_error *error)
{
    return segment->backend->explain(segment, store, query, arena, explanation, error);
}

bool en_store_create(en_segment *segment, const en_schema *schema, en_error *error)
{
    return segment->backend->create(segment, schema, error);
}

bool en_store_drop(en_segment *segment, en_text store, en_error *error)
{
    return segment->backend->drop(segment, store, error);
}

bool en_store_rename(en_segment *segment, en_text store, en_text name, en_error *error)
{
    return segment->backend->rename(segment, store, name, error);
}

bool en_history_add(en_segment *segment, const en_kept_run *run, int64_t *id, en_error *error)
{
    return segment->backend->history_add(segment, run, id, error);
}

bool en_history_list(en_segment *segment, const en_run_filter *filter, en_arena *arena,
                     en_kept_run **runs, size_t *count, en_error *error)
{
    return segment->backend->history_list(segment, filter, arena, runs, count, error);
}

bool en_history_get(en_segment *segment, int64_t id, en_arena *arena, en_kept_run *run,
                    en_error *error)
{
    return segment->backend->history_get(segment, id, arena, run, error);
}

bool en_history_prune(en_segment *segment, const en_retention *retention, bool only_count,
                      en_pruned *pruned, en_error *error)
{
    return segment->backend->history_prune(segment, retention, only_count, pruned, error);
}

bool en_undo_open(en_database *database, const en_store_run *run, en_undo **undo, en_error *error)
{
    return database->backend->undo_open != NULL
               ? database->backend->undo_open(database, run, undo, error)
               : en_error_set(error, EN_StoreUnavailableError,
                              "this kind of database keeps no undo journal");
}

void en_undo_close(en_undo *undo)
{
    if (undo != NULL) {
        undo->backend->undo_close(undo);
    }
}

bool en_undo_commit(en_segment *segment, en_undo *undo, en_error *error)
{
    return segment->backend->undo_commit(segment, undo, error);
}

bool en_undo_rollback(en_undo *undo, const en_store_run *run, en_error *error)
{
    return undo->backend->undo_rollback(undo, run, error);
}

const en_undo_recovery *en_undo_recovered(const en_database *database)
{
    return database->backend->undo_recovered(database);
}
