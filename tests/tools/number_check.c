/* number_check - holds printing and reading of numbers against what JavaScript says, line by line:
 *   print <bits in hex> <text>     the double with these bits prints as this text
 *   read <literal> <bits in hex>   the literal reads as this double; "none": it is refused
 * Prints the lines that differ; exit code 1 if there are any. */
#include "value/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool prints_as(const char *hex, const char *text, char *shown)
{
    uint64_t bits = strtoull(hex, NULL, 16);
    double number;
    memcpy(&number, &bits, sizeof number);
    size_t length = en_double_print(number, shown);
    shown[length] = '\0';
    return strcmp(shown, text) == 0;
}

static bool reads_as(const char *literal, const char *hex, char *shown)
{
    double number;
    if (!en_double_read(en_text_from(literal), &number)) {
        memcpy(shown, "none", sizeof "none");
    } else {
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        snprintf(shown, EN_NUMBER_ROOM, "%016llx", (unsigned long long)bits);
    }
    return strcmp(shown, hex) == 0;
}

/* Ends the word and gives the next one; empty when there is none. */
static char *cut_word(char *word)
{
    char *end = word + strcspn(word, " \n");
    if (*end == '\0') {
        return end;
    }
    *end = '\0';
    return end + 1;
}

int main(void)
{
    static char line[1 << 16];
    size_t lines = 0;
    size_t wrong = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *what = line;
        char *first = cut_word(what);
        char *second = cut_word(first);
        cut_word(second);
        if (*second == '\0') {
            fprintf(stderr, "cannot read line %zu\n", lines + 1);
            return 2;
        }
        char shown[EN_NUMBER_ROOM + 1];
        bool printing = strcmp(what, "print") == 0;
        if (!(printing ? prints_as(first, second, shown) : reads_as(first, second, shown))) {
            wrong++;
            printf("%s %s: expected %s but got %s\n", what, first, second, shown);
        }
        lines++;
    }
    printf("%zu lines, %zu differ\n", lines, wrong);
    return wrong == 0 && lines != 0 ? 0 : 1;
}
