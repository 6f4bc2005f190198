/* Prints {"records": […]} with N customers of about 250 bytes, the same for the same N. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

int main(int argc, char **argv)
{
    static const char *const states[] = { "active", "paused", "closed", "new" };
    long count = argc > 1 ? atol(argv[1]) : 10000;
    uint64_t random = 88172645463325252u;
    printf("{\"records\":[");
    for (long i = 0; i < count; i++) {
        uint64_t a = next(&random);
        printf("%s\n{\"customerId\":\"cust_%08lx%08lx\",\"email\":\"user%ld.%04lx@mail%02lu."
               "example.com\","
               "\"name\":\"Customer Number %ld\",\"status\":\"%s\",\"totalPurchases\":%lu.%02lu,"
               "\"createdAt\":\"2026-%02lu-%02luT%02lu:%02lu:%02lu.000Z\",\"isActive\":%s,"
               "\"note\":\"imported from the old system\"}",
               i == 0 ? "" : ",", (unsigned long)(a >> 32), (unsigned long)i, i,
               (unsigned long)(a & 0xFFFF), (unsigned long)(a >> 20) % 50, i, states[(a >> 8) % 4],
               (unsigned long)(a >> 16) % 5000, (unsigned long)(a >> 24) % 100,
               1 + (unsigned long)(a >> 12) % 12, 1 + (unsigned long)(a >> 28) % 28,
               (unsigned long)(a >> 33) % 24, (unsigned long)(a >> 38) % 60,
               (unsigned long)(a >> 44) % 60, a & 1 ? "true" : "false");
    }
    printf("]}\n");
    return 0;
}
