/* Prints {"records": […]} with N customers of about 250 bytes, the same for the same N; with "csv" as
 * second argument the same records as lines for `sqlite3 .import`, behind their key. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

typedef struct customer {
    char id[32];
    char email[64];
    char name[32];
    char created[32];
    unsigned long units;
    unsigned long cents;
    const char *status;
    bool active;
} customer;

static void make(long i, uint64_t *random, customer *made)
{
    static const char *const states[] = { "active", "paused", "closed", "new" };
    uint64_t a = next(random);
    snprintf(made->id, sizeof made->id, "cust_%08lx%08lx", (unsigned long)(a >> 32),
             (unsigned long)i);
    snprintf(made->email, sizeof made->email, "user%ld.%04lx@mail%02lu.example.com", i,
             (unsigned long)(a & 0xFFFF), (unsigned long)(a >> 20) % 50);
    snprintf(made->name, sizeof made->name, "Customer Number %ld", i);
    snprintf(made->created, sizeof made->created, "2026-%02lu-%02luT%02lu:%02lu:%02lu.000Z",
             1 + (unsigned long)(a >> 12) % 12, 1 + (unsigned long)(a >> 28) % 28,
             (unsigned long)(a >> 33) % 24, (unsigned long)(a >> 38) % 60,
             (unsigned long)(a >> 44) % 60);
    made->status = states[(a >> 8) % 4];
    made->units = (unsigned long)(a >> 16) % 5000;
    made->cents = (unsigned long)(a >> 24) % 100;
    made->active = (a & 1) != 0;
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 10000;
    bool csv = argc > 2 && strcmp(argv[2], "csv") == 0;
    uint64_t random = 88172645463325252u;
    printf("%s", csv ? "" : "{\"records\":[");
    for (long i = 0; i < count; i++) {
        customer c;
        make(i, &random, &c);
        if (csv) {
            printf("%s,%s,%s,%s,%s,%lu.%02lu,%s,%d,imported from the old system\n", c.id, c.id,
                   c.email, c.name, c.status, c.units, c.cents, c.created, c.active);
        } else {
            printf("%s\n{\"customerId\":\"%s\",\"email\":\"%s\",\"name\":\"%s\",\"status\":\"%s\","
                   "\"totalPurchases\":%lu.%02lu,\"createdAt\":\"%s\",\"isActive\":%s,"
                   "\"note\":\"imported from the old system\"}",
                   i == 0 ? "" : ",", c.id, c.email, c.name, c.status, c.units, c.cents, c.created,
                   c.active ? "true" : "false");
        }
    }
    printf("%s", csv ? "" : "]}\n");
    return 0;
}
