#include "net/egress.h"

#include <arpa/inet.h>
#include <string.h>

enum { IPV4_BYTES = 4, IPV6_BYTES = 16 };

typedef struct range {
    unsigned char prefix[IPV6_BYTES];
    unsigned bits;
    const char *name;
} range;

/* IANA's special-purpose registries, as far as an address there leads to this machine, its network
 * or to a translator that may lead there. */
static const range ipv4_ranges[] = {
    { { 0 }, 8, "unspecified" },
    { { 10 }, 8, "private" },
    { { 100, 64 }, 10, "carrier-shared" },
    { { 127 }, 8, "loopback" },
    { { 169, 254 }, 16, "link-local" },
    { { 172, 16 }, 12, "private" },
    { { 192, 0, 0 }, 24, "protocol-assigned" },
    { { 192, 168 }, 16, "private" },
    { { 198, 18 }, 15, "benchmarking" },
    { { 224 }, 4, "multicast" },
    { { 240 }, 4, "reserved" },
};

static const range ipv6_ranges[] = {
    { { 0 }, 128, "unspecified" },
    { { [15] = 1 }, 128, "loopback" },
    { { 0 }, 96, "IPv4-compatible" },
    { { 0x00, 0x64, 0xFF, 0x9B }, 96, "NAT64" },
    { { 0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01 }, 48, "NAT64" },
    { { 0x20, 0x01, 0x00, 0x00 }, 32, "Teredo" },
    { { 0x20, 0x02 }, 16, "6to4" },
    { { 0xFC }, 7, "private" },
    { { 0xFE, 0x80 }, 10, "link-local" },
    { { 0xFE, 0xC0 }, 10, "site-local" },
    { { 0xFF }, 8, "multicast" },
};

static const unsigned char mapped_prefix[12] = { [10] = 0xFF, [11] = 0xFF };

static bool is_in(const range *row, const unsigned char *address)
{
    unsigned whole = row->bits / 8;
    unsigned rest = row->bits % 8;
    if (memcmp(address, row->prefix, whole) != 0) {
        return false;
    }
    return rest == 0 || (address[whole] ^ row->prefix[whole]) >> (8 - rest) == 0;
}

static const char *find_range(const range *ranges, size_t count, const unsigned char *address)
{
    for (size_t i = 0; i < count; i++) {
        if (is_in(&ranges[i], address)) {
            return ranges[i].name;
        }
    }
    return NULL;
}

/* ::ffff:a.b.c.d is a.b.c.d: the kernel connects to the same place. */
static void unmap(const unsigned char **address, size_t *address_bytes)
{
    if (*address_bytes == IPV6_BYTES &&
        memcmp(*address, mapped_prefix, sizeof mapped_prefix) == 0) {
        *address += sizeof mapped_prefix;
        *address_bytes = IPV4_BYTES;
    }
}

const char *en_egress_range(const unsigned char *address, size_t address_bytes)
{
    unmap(&address, &address_bytes);
    if (address_bytes == IPV4_BYTES) {
        return find_range(ipv4_ranges, sizeof ipv4_ranges / sizeof *ipv4_ranges, address);
    }
    if (address_bytes != IPV6_BYTES) {
        return "unknown";
    }
    const char *name = find_range(ipv6_ranges, sizeof ipv6_ranges / sizeof *ipv6_ranges, address);
    /* Global unicast is 2000::/3; what lies outside is not handed out to anybody yet. */
    return name == NULL && address[0] >> 5 != 1 ? "reserved" : name;
}

/* --- rules --- */

/* The bytes of a host that is written as an address; 0: it is a name. */
static size_t read_address(en_text host, unsigned char address[IPV6_BYTES])
{
    char text[EN_ADDRESS_ROOM];
    if (host.length >= sizeof text || memchr(host.data, '\0', host.length) != NULL) {
        return 0;
    }
    memcpy(text, host.data, host.length);
    text[host.length] = '\0';
    if (inet_pton(AF_INET, text, address) == 1) {
        return IPV4_BYTES;
    }
    return inet_pton(AF_INET6, text, address) == 1 ? IPV6_BYTES : 0;
}

/* "localhost." is "localhost", said to the resolver more firmly. */
static en_text without_dot(en_text host)
{
    return en_text_ends(host, EN_TEXT(".")) ? en_text_slice(host, 0, host.length - 1) : host;
}

static bool has_port(const en_egress_rule *rule, uint16_t port)
{
    return rule->port == 0 || rule->port == port;
}

static bool names_host(const en_egress_rule *rule, en_text host)
{
    return en_text_equal_nocase(without_dot(rule->host), without_dot(host));
}

static bool names_address(const en_egress_rule *rule, const unsigned char *address,
                          size_t address_bytes)
{
    unsigned char room[IPV6_BYTES];
    const unsigned char *wanted = room;
    size_t wanted_bytes = read_address(rule->host, room);
    unmap(&wanted, &wanted_bytes);
    return wanted_bytes == address_bytes && memcmp(wanted, address, address_bytes) == 0;
}

bool en_egress_allows(const en_egress *egress, en_text host, uint16_t port,
                      const unsigned char *address, size_t address_bytes)
{
    if (egress->none) {
        return false;
    }
    unmap(&address, &address_bytes);
    if (address_bytes != IPV4_BYTES && address_bytes != IPV6_BYTES) {
        return false;
    }
    for (size_t i = 0; i < egress->host_count; i++) {
        const en_egress_rule *rule = &egress->hosts[i];
        if (has_port(rule, port) &&
            (names_address(rule, address, address_bytes) || names_host(rule, host))) {
            return true;
        }
    }
    bool is_private = en_egress_range(address, address_bytes) != NULL;
    return is_private ? egress->allow_private : egress->host_count == 0;
}

bool en_egress_may_resolve(const en_egress *egress, en_text host, uint16_t port)
{
    if (egress->none) {
        return false;
    }
    if (egress->host_count == 0 || egress->allow_private) {
        return true;
    }
    for (size_t i = 0; i < egress->host_count; i++) {
        const en_egress_rule *rule = &egress->hosts[i];
        unsigned char address[IPV6_BYTES];
        if (has_port(rule, port) &&
            (names_host(rule, host) || read_address(rule->host, address) != 0)) {
            return true;
        }
    }
    return false;
}

const char *en_egress_says(const en_egress *egress)
{
    if (egress->none) {
        return "the network is switched off (--offline)";
    }
    if (egress->host_count != 0) {
        return egress->allow_private ? "only named hosts and private addresses are allowed"
                                     : "only named hosts are allowed";
    }
    return "only public addresses are allowed";
}

/* --- reading --allow-net --- */

static bool is_host_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '.' || byte == '_' || (unsigned char)byte >= 0x80;
}

/* 127.1 and 0x7f000001 are addresses to a resolver: as rules they would never match. */
static bool ends_in_number(en_text host)
{
    en_text label = without_dot(host);
    for (size_t dot = en_text_find(label, EN_TEXT("."), 0); dot != SIZE_MAX;
         dot = en_text_find(label, EN_TEXT("."), 0)) {
        label = en_text_slice(label, dot + 1, label.length);
    }
    bool hex = en_text_starts(label, EN_TEXT("0x"));
    for (size_t i = hex ? 2 : 0; i < label.length; i++) {
        char byte = label.data[i];
        if (!(byte >= '0' && byte <= '9') && !(hex && byte >= 'a' && byte <= 'f')) {
            return false;
        }
    }
    return label.length != 0;
}

static bool read_port(en_text word, en_text digits, uint16_t *port, en_error *error)
{
    unsigned number = 0;
    bool good = digits.length >= 1 && digits.length <= 5;
    for (size_t i = 0; good && i < digits.length; i++) {
        good = digits.data[i] >= '0' && digits.data[i] <= '9';
        number = number * 10 + (unsigned)(digits.data[i] - '0');
    }
    if (!good || number == 0 || number > UINT16_MAX) {
        return en_error_set(error, EN_UsageError,
                            "expected a port from 1 to 65535 behind the host but got \"%.*s\"",
                            EN_TEXT_ARG(word));
    }
    *port = (uint16_t)number;
    return true;
}

/* Cuts "[::1]:80", "::1", "host:80" and "host"; the port's text is empty when there is none. */
static bool split(en_text word, en_text *host, en_text *digits)
{
    size_t colon = en_text_find(word, EN_TEXT(":"), 0);
    *digits = (en_text){ "", 0 };
    *host = word;
    if (en_text_starts(word, EN_TEXT("["))) {
        size_t end = en_text_find(word, EN_TEXT("]"), 0);
        if (end == SIZE_MAX || (end + 1 < word.length && word.data[end + 1] != ':')) {
            return false;
        }
        *host = en_text_slice(word, 1, end);
        *digits = en_text_slice(word, end + 2, word.length);
        return end + 2 != word.length; /* "[::1]:" */
    }
    if (colon == SIZE_MAX || en_text_find(word, EN_TEXT(":"), colon + 1) != SIZE_MAX) {
        return true;
    }
    *host = en_text_slice(word, 0, colon);
    *digits = en_text_slice(word, colon + 1, word.length);
    return digits->length != 0 && digits->data[0] >= '0' && digits->data[0] <= '9';
}

static en_text lower(en_arena *arena, en_text text)
{
    char *copy = en_arena_alloc(arena, text.length + 1);
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.data[i];
        copy[i] = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    }
    return (en_text){ copy, text.length };
}

static bool read_rule(en_arena *arena, en_text word, en_egress_rule *rule, en_error *error)
{
    en_text host;
    en_text digits;
    bool good = split(word, &host, &digits) && host.length > 0 && host.length <= 255;
    rule->host = good ? lower(arena, host) : host;
    unsigned char address[IPV6_BYTES];
    if (good && read_address(rule->host, address) == 0) {
        for (size_t i = 0; i < rule->host.length; i++) {
            good = good && is_host_byte(rule->host.data[i]);
        }
        good = good && !ends_in_number(rule->host);
    }
    if (!good) {
        return en_error_set(error, EN_UsageError,
                            "expected none, private, HOST or HOST:PORT but got \"%.*s\"",
                            EN_TEXT_ARG(word));
    }
    return digits.length == 0 || read_port(word, digits, &rule->port, error);
}

bool en_egress_read(en_arena *arena, const en_text *words, size_t count, en_egress *egress,
                    en_error *error)
{
    *egress = (en_egress){ 0 };
    en_egress_rule *rules = EN_TRY_ARRAY(arena, en_egress_rule, count + 1);
    if (rules == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "too many allowed hosts");
    }
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(words[i], EN_TEXT("none"))) {
            egress->none = true;
        } else if (en_text_equal(words[i], EN_TEXT("private"))) {
            egress->allow_private = true;
        } else {
            rules[egress->host_count] = (en_egress_rule){ 0 };
            if (!read_rule(arena, words[i], &rules[egress->host_count], error)) {
                return false;
            }
            egress->host_count++;
        }
    }
    egress->hosts = rules;
    if (egress->none && count > 1) {
        return en_error_set(error, EN_UsageError,
                            "none allows nothing and cannot stand beside other hosts");
    }
    return true;
}
