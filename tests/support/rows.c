#include "rows.h"

#include <string.h>

size_t en_row_split(char *line, en_text *columns, size_t most)
{
    size_t count = 0;
    char *at = line;
    line[strcspn(line, "\n")] = '\0';
    while (at != NULL && count < most) {
        char *tab = strchr(at, '\t');
        columns[count++] = tab != NULL ? (en_text){ at, (size_t)(tab - at) } : en_text_from(at);
        at = tab != NULL ? tab + 1 : NULL;
    }
    return count;
}
