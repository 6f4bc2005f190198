/* Words of --allow-net, a host and an address: the policy's promises hold for all of them. */
#include "net/egress.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_loopback(const unsigned char *address, size_t bytes)
{
    static const unsigned char six[16] = { [15] = 1 };
    return bytes == 4 ? address[0] == 127 : memcmp(address, six, sizeof six) == 0;
}

static void check_policy(const en_egress *egress, en_text host, const unsigned char *address,
                         size_t bytes)
{
    unsigned char mapped[16] = { [10] = 0xFF, [11] = 0xFF };
    bool allowed = en_egress_allows(egress, host, 80, address, bytes);
    if (bytes == 4) {
        memcpy(mapped + 12, address, 4);
        must(en_egress_allows(egress, host, 80, mapped, sizeof mapped) == allowed);
    }
    must(!allowed || en_egress_may_resolve(egress, host, 80));
    must(!allowed || !egress->none);
    if (is_loopback(address, bytes) && egress->host_count == 0) {
        must(allowed == (egress->allow_private && !egress->none));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 16) {
        return 0;
    }
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text rest = { (const char *)data + 16, size - 16 };
    en_text words[8];
    size_t count = 0;
    while (count < 8 && rest.length != 0) {
        size_t end = en_text_find(rest, EN_TEXT("\n"), 0);
        words[count++] = en_text_slice(rest, 0, end);
        rest = end == SIZE_MAX ? EN_TEXT("") : en_text_slice(rest, end + 1, rest.length);
    }
    en_error error;
    en_error_clear(&error);
    en_egress egress;
    en_text host = count != 0 ? words[count - 1] : EN_TEXT("");
    if (en_egress_read(&arena, words, count, &egress, &error)) {
        check_policy(&egress, host, data, 4);
        check_policy(&egress, host, data, 16);
    } else {
        must(error.type == EN_UsageError);
    }
    en_arena_done(&arena);
    return 0;
}
