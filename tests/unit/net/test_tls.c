/* Certificates, against the server of the openssl command; skipped where there is none. */
#include "net/http.h"
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct fixture {
    char folder[64];
    pid_t pid;
    unsigned port;
    en_arena arena;
    en_error error;
    en_egress egress;
    en_http_client *client;
    en_http_response response;
} fixture;

/* Makes a certificate that nobody has signed, then serves with it for at most 30 seconds. */
static const char script[] =
    "command -v openssl > /dev/null || exit 77; cd \"$0\" || exit 1; "
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out cert "
    "-subj /CN=localhost -days 1 2> /dev/null || exit 1; "
    "exec timeout 30 openssl s_server -accept 127.0.0.1:0 -cert cert -key key -www 2> /dev/null";

static bool read_port(int output, unsigned *port)
{
    char line[128];
    FILE *lines = fdopen(output, "r");
    bool found = false;
    while (lines != NULL && !found && fgets(line, sizeof line, lines) != NULL) {
        found = sscanf(line, "ACCEPT 127.0.0.1:%u", port) == 1;
    }
    if (lines != NULL) {
        fclose(lines);
    }
    return found;
}

static int start(void **state)
{
    fixture *self = test_calloc(1, sizeof *self);
    int ends[2];
    *state = self;
    snprintf(self->folder, sizeof self->folder, "/tmp/enact-tls-XXXXXX");
    if (mkdtemp(self->folder) == NULL || pipe(ends) != 0 || (self->pid = fork()) < 0) {
        return -1;
    }
    if (self->pid == 0) {
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", script, self->folder, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    if (!read_port(ends[0], &self->port)) {
        self->port = 0;
    }
    en_arena_init(&self->arena, NULL);
    self->egress = (en_egress){ .allow_private = true };
    self->client = en_http_client_new(&self->arena, &self->egress, NULL);
    return 0;
}

static void remove_file(const fixture *self, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", self->folder, name);
    unlink(path);
}

static int stop(void **state)
{
    fixture *self = *state;
    kill(self->pid, SIGTERM);
    waitpid(self->pid, NULL, 0);
    remove_file(self, "key");
    remove_file(self, "cert");
    rmdir(self->folder);
    en_arena_done(&self->arena);
    test_free(self);
    return 0;
}

static bool ask(fixture *self, bool skip_certificate_check)
{
    if (self->port == 0) {
        skip();
    }
    en_http_request request = { .method = EN_TEXT("GET"),
                                .url = en_text_format(&self->arena, "https://127.0.0.1:%u/",
                                                      self->port),
                                .timeout_ms = 10000,
                                .skip_certificate_check = skip_certificate_check };
    en_error_clear(&self->error);
    return en_http_perform(self->client, &request, &self->arena, &self->response, &self->error);
}

static void a_certificate_that_nobody_signed_is_refused(void **state)
{
    fixture *self = *state;
    assert_false(ask(self, false));
    assert_string_equal(en_error_name(self->error.type), "ConnectionError");
    assert_non_null(strstr(self->error.message, "certificate"));
    assert_false(self->error.retryable);
}

static void the_check_can_be_left_out(void **state)
{
    fixture *self = *state;
    assert_true(ask(self, true));
    assert_int_equal(self->response.status, 200);
    /* A connection made without the check serves no request that wants it. */
    assert_false(ask(self, false));
    assert_string_equal(en_error_name(self->error.type), "ConnectionError");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_that_nobody_signed_is_refused),
        cmocka_unit_test(the_check_can_be_left_out),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
