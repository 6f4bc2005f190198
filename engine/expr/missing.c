#include "expr/missing.h"

/* What the references saw in real files (expressions.md 8 and 12), the functions of Fusion, and
 * what JavaScript and spreadsheets call the rest. */
const en_fn_missing en_fn_missing_rows[] = {
    { "and", NULL, "write a & b" },
    { "or", NULL, "write a | b" },
    { "not", NULL, "write !a" },
    { "isEqual", NULL, "write a = b" },
    { "greaterThan", NULL, "write a > b" },
    { "greaterOrEqual", NULL, "write a >= b" },
    { "lessThan", NULL, "write a < b" },
    { "lessOrEqual", NULL, "write a <= b" },
    { "multiply", NULL, "write a * b" },
    { "divide", NULL, "write a / b" },
    { "subtract", NULL, "write a - b" },
    { "minus", NULL, "write a - b" },
    { "mod", NULL, "write a % b" },
    { "modulo", NULL, "write a % b" },
    { "concat", NULL, "write a + b, or join(array; separator)" },
    { "empty", NULL, "write a = emptystring, or ifempty(a; b)" },
    { "isEmpty", NULL, "write a = emptystring, or ifempty(a; b)" },
    { "isBlank", NULL, "write a = emptystring, or ifempty(a; b)" },
    { "exists", NULL, "write ifempty(a; b), or compare with null: a missing value is null" },
    { "isset", NULL, "write ifempty(a; b), or compare with null: a missing value is null" },
    { "char", NULL, "write newline, tab, space, carriagereturn or nbsp" },
    { "chr", NULL, "write newline, tab, space, carriagereturn or nbsp" },
    { "toBoolean", NULL, "write a = \"true\", or if(a; true; false)" },
    { "left", NULL, "write substring(text; 0; count)" },
    { "right", NULL, "write substring(text; length(text) - count)" },
    { "mid", NULL, "write substring(text; start; end)" },
    { "startsWith", NULL, "write indexOf(text; part) = 0" },
    { "endsWith", NULL, "write a regular expression in replace, or a filter with \"ends with\"" },
    { "padStart", NULL, "write substring(\"0000\" + text; length(text)) for 4 digits" },
    { "padEnd", NULL, "write substring(text + \"    \"; 0; 4) for 4 characters" },
    { "base64Encode", NULL, "write base64(text)" },
    { "base64Decode", NULL, "write toString(toBinary(text; \"base64\"))" },
    { "decodeBase64", NULL, "write toString(toBinary(text; \"base64\"))" },
    { "atob", NULL, "write toString(toBinary(text; \"base64\"))" },
    { "btoa", NULL, "write base64(text)" },
    { "startOfDay", NULL, "write parseDate(formatDate(a; \"YYYY-MM-DD\"); \"YYYY-MM-DD\")" },
    { "beginningOfDay", NULL, "write parseDate(formatDate(a; \"YYYY-MM-DD\"); \"YYYY-MM-DD\")" },
    { "endOfDay", NULL,
      "write addSeconds(addDays(parseDate(formatDate(a; \"YYYY-MM-DD\"); \"YYYY-MM-DD\"); 1); "
      "-1)" },
    { "dateDifference", NULL,
      "write (a - b) / 1000 / 60 / 60 / 24 for days: dates subtract to milliseconds" },
    { "filter", NULL, "write map(array; key; filterKey; values), or set a filter on the step" },
    { "in", NULL, "write contains(array; value)" },
    { "case", NULL, "write switch(a; 1; x; 2; y)" },
    { "ifin", NULL, "write if(contains(array; value); x; y)" },
    { "arrayElement", NULL, "write get(array; position)" },
    { "cryptoSign", NULL, "write sha256(text; \"hex\"; key)" },
    { "hmac", NULL, "write sha256(text; \"hex\"; key)" },
    { "now", NULL, "now is a value: write it without parentheses" },
    { "timestamp", NULL, "timestamp is a value: write it without parentheses" },
    { "random", NULL, "random is a value: write it without parentheses" },
    { "uuid", NULL, "uuid is a value: write it without parentheses" },
    { "pi", NULL, "pi is a value: write it without parentheses" },
    { "generateUniqueId", NULL, "generateUniqueId is a value: write it without parentheses" },
    { "executionId", NULL, "executionId is a value: write it without parentheses" },
    { "parseJSON", NULL, "use the module JSON > Parse JSON" },
    { "JSON.parse", NULL, "use the module JSON > Parse JSON" },
    { "createJSON", NULL, "use the module JSON > Create JSON" },
    { "toJSON", NULL, "use the module JSON > Transform to JSON" },
    { "stringify", NULL, "use the module JSON > Transform to JSON" },
    { "JSON.stringify", NULL, "use the module JSON > Transform to JSON" },
    { "parseXML", NULL, "use the module XML > Parse XML" },
    { "createXML", NULL, "use the module XML > Create XML" },
    { "isArray", NULL, "it belongs to custom apps: scenarios do not have it" },
    { "jwt", NULL, "it belongs to custom apps: scenarios do not have it" },
    { "mime", NULL, "it belongs to custom apps: scenarios do not have it" },
    { "replaceAll", "replace", NULL },
    { "uppercase", "upper", NULL },
    { "toUpperCase", "upper", NULL },
    { "toUpper", "upper", NULL },
    { "lowercase", "lower", NULL },
    { "toLowerCase", "lower", NULL },
    { "toLower", "lower", NULL },
    { "substr", "substring", NULL },
    { "len", "length", NULL },
    { "size", "length", NULL },
    { "count", "length", NULL },
    { "strlen", "length", NULL },
    { "includes", "contains", NULL },
    { "urlEncode", "encodeURL", NULL },
    { "encodeURI", "encodeURL", NULL },
    { "encodeURIComponent", "encodeURL", NULL },
    { "urlDecode", "decodeURL", NULL },
    { "decodeURIComponent", "decodeURL", NULL },
    { "toNumber", "parseNumber", NULL },
    { "number", "parseNumber", NULL },
    { "parseInt", "parseNumber", NULL },
    { "parseFloat", "parseNumber", NULL },
    { "toText", "toString", NULL },
    { "coalesce", "ifempty", NULL },
    { "nvl", "ifempty", NULL },
    { "proper", "startcase", NULL },
    { "titleCase", "startcase", NULL },
    { "dateFormat", "formatDate", NULL },
    { "toDate", "parseDate", NULL },
    { "removeAccents", "ascii", NULL },
    { "replacePattern", "replace", NULL },
    { "pluck", "map", NULL },
    { "pop", "slice", NULL },
    { "shift", "slice", NULL },
    { "emptyobject", NULL, "write toCollection(emptyarray; \"key\"; \"value\")" },
    { "arrayDifference", "arrayDiff", NULL },
    { "push", "add", NULL },
    { "append", "add", NULL },
    { "unique", "distinct", NULL },
    { "sortAscString", "sort", NULL },
    { "sortDescString", "sort", NULL },
    { "sortAscNum", "sort", NULL },
    { "sortDescNum", "sort", NULL },
    { 0 },
};

static const en_fn_missing *find_row(en_text name)
{
    for (const en_fn_missing *row = en_fn_missing_rows; row->name != NULL; row++) {
        if (en_text_equal(name, en_text_from(row->name))) {
            return row;
        }
    }
    return NULL;
}

void en_fn_missing_hint(en_text name, const en_rules *rules, en_error *error)
{
    en_text nearest;
    const en_fn_missing *row = find_row(name);
    if (row != NULL && row->hint != NULL) {
        en_error_hint(error, "%s", row->hint);
    } else if (row != NULL) {
        en_error_hint(error, "did you mean %s?", row->instead);
    } else if (en_fn_find(name, &en_rules_fusion, &nearest) != NULL) {
        en_error_hint(error, "only the dialect of Workfront Fusion has it");
    } else if (en_fn_find(name, rules, &nearest) == NULL && nearest.length != 0) {
        en_error_hint(error, "did you mean %.*s?", EN_TEXT_ARG(nearest));
    }
}
