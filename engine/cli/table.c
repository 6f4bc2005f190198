#include "cli/table.h"

#include "cli/output.h"

#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <string.h>

typedef struct row {
    struct row *next;
    const char **cells;
} row;

struct en_listing {
    en_context *context;
    const en_column *columns;
    size_t count;
    row *first;
    row *last;
};

en_listing *en_listing_new(en_context *context, const en_column *columns, size_t count)
{
    en_listing *table = EN_NEW(context->arena, en_listing);
    *table = (en_listing){ .context = context, .columns = columns, .count = count };
    return table;
}

void en_listing_add(en_listing *table, const en_text *cells)
{
    en_arena *arena = table->context->arena;
    row *added = EN_NEW(arena, row);
    added->cells = en_arena_alloc(arena, table->count * sizeof *added->cells);
    for (size_t i = 0; i < table->count; i++) {
        added->cells[i] =
            en_text_terminate(arena, en_out_visible_text(arena, cells[i], EN_ONE_LINE));
    }
    if (table->last != NULL) {
        table->last->next = added;
    } else {
        table->first = added;
    }
    table->last = added;
}

static bool add_columns(struct libscols_table *layout, const en_listing *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const en_column *column = &table->columns[i];
        int flags =
            (column->right ? SCOLS_FL_RIGHT : 0) | (column->wraps ? SCOLS_FL_WRAP : SCOLS_FL_TRUNC);
        if (scols_table_new_column(layout, column->title, 0, flags) == NULL) {
            return false;
        }
    }
    return true;
}

static bool add_rows(struct libscols_table *layout, const en_listing *table)
{
    for (const row *from = table->first; from != NULL; from = from->next) {
        struct libscols_line *line = scols_table_new_line(layout, NULL);
        if (line == NULL) {
            return false;
        }
        for (size_t i = 0; i < table->count; i++) {
            if (scols_line_set_data(line, i, from->cells[i]) != 0) {
                return false;
            }
        }
    }
    return true;
}

static bool print_layout(struct libscols_table *layout, const en_listing *table)
{
    bool is_terminal = table->context->out_is_terminal;
    scols_table_enable_minout(layout, 1); /* no blanks behind the last cell */
    return scols_table_set_stream(layout, table->context->out) == 0 &&
           scols_table_set_termforce(layout, is_terminal ? SCOLS_TERMFORCE_ALWAYS
                                                         : SCOLS_TERMFORCE_NEVER) == 0 &&
           add_columns(layout, table) && add_rows(layout, table) && scols_print_table(layout) == 0;
}

static void print_plain(const en_listing *table)
{
    for (const row *from = table->first; from != NULL; from = from->next) {
        for (size_t i = 0; i < table->count; i++) {
            fprintf(table->context->out, "%s%c", from->cells[i],
                    i + 1 < table->count ? '\t' : '\n');
        }
    }
}

/* The library measures characters by the thread's locale; the process itself never sets one. */
void en_listing_print(en_listing *table)
{
    if (table->first == NULL) {
        return;
    }
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 != (locale_t)0 ? uselocale(utf8) : (locale_t)0;
    struct libscols_table *layout = scols_new_table();
    if (layout == NULL || !print_layout(layout, table)) {
        print_plain(table);
    }
    scols_unref_table(layout);
    if (utf8 != (locale_t)0) {
        uselocale(before);
        freelocale(utf8);
    }
}
