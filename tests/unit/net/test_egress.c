#include "net/egress.h"
#include "test.h"

#include <arpa/inet.h>
#include <stdio.h>

typedef struct fixture {
    en_arena arena;
    en_error error;
    en_egress egress;
} fixture;

static int set_up(void **state)
{
    fixture *self = test_calloc(1, sizeof *self);
    en_arena_init(&self->arena, NULL);
    en_error_clear(&self->error);
    *state = self;
    return 0;
}

static int tear_down(void **state)
{
    fixture *self = *state;
    en_arena_done(&self->arena);
    test_free(self);
    return 0;
}

/* Up to two words of --allow-net. */
static bool read_words(fixture *self, const char *first, const char *second)
{
    en_text words[2];
    size_t count = 0;
    if (first != NULL) {
        words[count++] = en_text_from(first);
    }
    if (second != NULL) {
        words[count++] = en_text_from(second);
    }
    en_error_clear(&self->error);
    return en_egress_read(&self->arena, words, count, &self->egress, &self->error);
}

static bool allows(const fixture *self, const char *host, uint16_t port, const char *address)
{
    unsigned char bytes[16];
    bool four = inet_pton(AF_INET, address, bytes) == 1;
    assert_true(four || inet_pton(AF_INET6, address, bytes) == 1);
    return en_egress_allows(&self->egress, en_text_from(host), port, bytes, four ? 4 : 16);
}

static const struct {
    const char *address;
    const char *range; /* NULL: public */
} addresses[] = {
    { "0.0.0.0", "unspecified" },
    { "0.1.2.3", "unspecified" },
    { "1.0.0.0", NULL },
    { "9.255.255.255", NULL },
    { "10.0.0.0", "private" },
    { "10.255.255.255", "private" },
    { "11.0.0.0", NULL },
    { "100.63.255.255", NULL },
    { "100.64.0.0", "carrier-shared" },
    { "100.127.255.255", "carrier-shared" },
    { "100.128.0.0", NULL },
    { "126.255.255.255", NULL },
    { "127.0.0.1", "loopback" },
    { "127.255.255.254", "loopback" },
    { "128.0.0.0", NULL },
    { "169.253.255.255", NULL },
    { "169.254.169.254", "link-local" },
    { "169.255.0.0", NULL },
    { "172.15.255.255", NULL },
    { "172.16.0.1", "private" },
    { "172.31.255.255", "private" },
    { "172.32.0.0", NULL },
    { "192.0.0.0", "protocol-assigned" },
    { "192.0.0.255", "protocol-assigned" },
    { "192.0.1.0", NULL },
    { "192.167.255.255", NULL },
    { "192.168.0.1", "private" },
    { "192.169.0.0", NULL },
    { "198.17.255.255", NULL },
    { "198.18.0.0", "benchmarking" },
    { "198.19.255.255", "benchmarking" },
    { "198.20.0.0", NULL },
    { "223.255.255.255", NULL },
    { "224.0.0.1", "multicast" },
    { "239.255.255.255", "multicast" },
    { "240.0.0.0", "reserved" },
    { "255.255.255.255", "reserved" },
    { "::", "unspecified" },
    { "::1", "loopback" },
    { "::2", "IPv4-compatible" },
    { "::127.0.0.1", "IPv4-compatible" },
    { "::ffff:127.0.0.1", "loopback" },
    { "::ffff:7f00:1", "loopback" },
    { "::ffff:169.254.169.254", "link-local" },
    { "::ffff:10.1.2.3", "private" },
    { "::ffff:8.8.8.8", NULL },
    { "::fffe:8.8.8.8", "reserved" },
    { "64:ff9b::7f00:1", "NAT64" },
    { "64:ff9b::8.8.8.8", "NAT64" },
    { "64:ff9b:1::1", "NAT64" },
    { "100::1", "reserved" },
    { "2001::1", "Teredo" },
    { "2001:1::1", NULL },
    { "2002:7f00:1::", "6to4" },
    { "2003::1", NULL },
    { "2606:4700:4700::1111", NULL },
    { "4000::1", "reserved" },
    { "fbff::1", "reserved" },
    { "fc00::1", "private" },
    { "fd00:ec2::254", "private" },
    { "fe80::1", "link-local" },
    { "febf::1", "link-local" },
    { "fec0::1", "site-local" },
    { "feff::1", "site-local" },
    { "ff02::1", "multicast" },
};

static void every_special_address_has_its_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        unsigned char bytes[16];
        bool four = inet_pton(AF_INET, addresses[i].address, bytes) == 1;
        assert_true(four || inet_pton(AF_INET6, addresses[i].address, bytes) == 1);
        const char *range = en_egress_range(bytes, four ? 4 : 16);
        if ((range == NULL) != (addresses[i].range == NULL) ||
            (range != NULL && strcmp(range, addresses[i].range) != 0)) {
            fail_msg("%s is %s and not %s", addresses[i].address, range != NULL ? range : "public",
                     addresses[i].range != NULL ? addresses[i].range : "public");
        }
    }
}

static void the_default_allows_public_addresses_only(void **state)
{
    fixture *self = *state;
    assert_true(read_words(self, NULL, NULL));
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        assert_int_equal(allows(self, "name.example", 80, addresses[i].address),
                         addresses[i].range == NULL);
    }
    assert_string_equal(en_egress_says(&self->egress), "only public addresses are allowed");
}

static void private_allows_every_address(void **state)
{
    fixture *self = *state;
    assert_true(read_words(self, "private", NULL));
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        assert_true(allows(self, "name.example", 80, addresses[i].address));
    }
}

static void none_allows_nothing(void **state)
{
    fixture *self = *state;
    assert_true(read_words(self, "none", NULL));
    assert_false(allows(self, "name.example", 80, "8.8.8.8"));
    assert_false(allows(self, "localhost", 80, "127.0.0.1"));
    assert_false(en_egress_may_resolve(&self->egress, EN_TEXT("name.example"), 80));
    assert_string_equal(en_egress_says(&self->egress), "the network is switched off (--offline)");
}

static void a_named_host_is_allowed_wherever_it_leads_and_no_other_is(void **state)
{
    fixture *self = *state;
    assert_true(read_words(self, "API.Example.com", NULL));
    assert_true(allows(self, "api.example.com", 443, "8.8.8.8"));
    assert_true(allows(self, "Api.Example.Com.", 443, "10.0.0.1"));
    assert_false(allows(self, "www.example.com", 443, "8.8.8.8"));
    assert_false(allows(self, "api.example.com.evil.net", 443, "8.8.8.8"));
    assert_false(allows(self, "xapi.example.com", 443, "8.8.8.8"));
    assert_true(en_egress_may_resolve(&self->egress, EN_TEXT("api.example.com"), 1));
    assert_false(en_egress_may_resolve(&self->egress, EN_TEXT("evil.net"), 1));
}

static void a_port_in_a_rule_counts(void **state)
{
    fixture *self = *state;
    assert_true(read_words(self, "localhost:8080", "[::1]:90"));
    assert_true(allows(self, "localhost", 8080, "127.0.0.1"));
    assert_false(allows(self, "localhost", 8081, "127.0.0.1"));
    assert_true(allows(self, "0:0::1", 90, "::1"));
    assert_false(allows(self, "0:0::1", 91, "::1"));
    assert_false(allows(self, "ip6", 90, "::2"));
}

static void a_rule_with_an_address_is_about_what_is_connected_to(void **state)
{
    fixture *self = *state;
    assert_true(read_words(self, "127.0.0.1", "::ffff:10.0.0.7"));
    assert_true(allows(self, "whatever.example", 80, "127.0.0.1"));
    assert_true(allows(self, "whatever.example", 80, "::ffff:127.0.0.1"));
    assert_true(allows(self, "whatever.example", 80, "10.0.0.7"));
    assert_false(allows(self, "whatever.example", 80, "127.0.0.2"));
    assert_false(allows(self, "whatever.example", 80, "8.8.8.8"));
    assert_true(en_egress_may_resolve(&self->egress, EN_TEXT("whatever.example"), 80));
}

static void private_beside_hosts_adds_private_addresses(void **state)
{
    fixture *self = *state;
    assert_true(read_words(self, "private", "api.example.com"));
    assert_true(allows(self, "api.example.com", 80, "8.8.8.8"));
    assert_true(allows(self, "localhost", 80, "127.0.0.1"));
    assert_false(allows(self, "other.example", 80, "8.8.8.8"));
}

static void addresses_of_other_lengths_are_refused(void **state)
{
    fixture *self = *state;
    static const unsigned char bytes[20] = { 8, 8, 8, 8 };
    assert_true(read_words(self, "private", NULL));
    assert_false(en_egress_allows(&self->egress, EN_TEXT("x"), 80, bytes, 0));
    assert_false(en_egress_allows(&self->egress, EN_TEXT("x"), 80, bytes, 5));
}

static void words_that_could_never_match_are_refused(void **state)
{
    static const char *const words[] = {
        "",      ":80",       "http://host", "host/path", "*.example.com", "ho st",
        "[::1",  "[::1]x",    "[::1]:",      "127.1",     "2130706433",    "0x7f000001",
        "host:", "1.2.3.4.5", "[]",          "user@host", "host.0x1F",
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char expected[256];
        snprintf(expected, sizeof expected,
                 "expected none, private, HOST or HOST:PORT but got \"%s\"", words[i]);
        assert_false(read_words(self, words[i], NULL));
        assert_error(&self->error, EN_UsageError, expected);
    }
    assert_false(read_words(self, "host:65536", NULL));
    assert_error(&self->error, EN_UsageError,
                 "expected a port from 1 to 65535 behind the host but got \"host:65536\"");
    assert_false(read_words(self, "host:0", NULL));
    assert_false(read_words(self, "host:8x", NULL));
    assert_false(read_words(self, "none", "host"));
    assert_error(&self->error, EN_UsageError,
                 "none allows nothing and cannot stand beside other hosts");
}

static void names_that_only_look_like_numbers_are_names(void **state)
{
    fixture *self = *state;
    assert_true(read_words(self, "4f2a9c1b", "1password.com"));
    assert_true(allows(self, "4f2a9c1b", 80, "172.17.0.2"));
    assert_true(read_words(self,
                           "b\xC3\xBC"
                           "cher.example",
                           NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_special_address_has_its_range),
        cmocka_unit_test_setup_teardown(the_default_allows_public_addresses_only, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(private_allows_every_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(none_allows_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_named_host_is_allowed_wherever_it_leads_and_no_other_is,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_port_in_a_rule_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rule_with_an_address_is_about_what_is_connected_to,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(private_beside_hosts_adds_private_addresses, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(addresses_of_other_lengths_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_that_could_never_match_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(names_that_only_look_like_numbers_are_names, set_up,
                                        tear_down),
    };
    return EN_RUN(tests);
}
