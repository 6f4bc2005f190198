/* fake_http - a small HTTP server on 127.0.0.1 that says what a script tells it to.
 *
 *   fake_http [--seconds N] [--log FILE] [--script FILE] [--line TEXT]...
 *
 * It prints "port N" and ends by itself after N seconds (30). A script is read line by line, and
 * each --line is one line more:
 *
 *   path /users              what follows is about this path (a query is not looked at)
 *   status 201               default 200
 *   header Name: value       any number of them
 *   body TEXT                the rest of the line; %p is the server's port, everywhere
 *   fail 2 503               the first 2 requests are answered with 503
 *   delay 50                 milliseconds before the answer
 *   redirect 302 URL         status and Location
 *   challenge Basic realm=x  401 with WWW-Authenticate until Authorization has that scheme
 *   fill 5000                a body of that many bytes
 *   zeros 5000               a gzip body that unpacks to that many zero bytes
 *   claim 10                 Content-Length says 10, whatever is sent; the connection is closed
 *   drip 20                  the answer goes out one byte every 20 ms
 *   close                    the connection is closed instead of answering
 *   only GET POST            405 for every other method
 *
 * Without a script there are /echo (method, path, query, headers and body as JSON) and /count
 * (requests so far: {"total":3,"paths":{"/users":3}}; requests of /count are not counted).
 * Every request but those goes to the log in the form of /echo, one line each.
 */
#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 128, MOST_ROUTES = 200, MOST_HEADERS = 20, MOST_REQUEST = 64 << 20 };

typedef struct fake_route {
    en_text path;
    int status;
    en_text headers[MOST_HEADERS];
    size_t header_count;
    en_text body;
    en_text challenge;
    en_text methods; /* empty: all */
    int fail_status;
    long fail_count;
    long delay_ms;
    long drip_ms;
    long claim; /* -1: the truth */
    bool closes;
    long requests;
} fake_route;

typedef struct fake_request {
    en_text method;
    en_text path;
    en_text query;
    en_text head; /* the header lines */
    en_text body;
    size_t length; /* bytes of the whole request */
} fake_request;

typedef struct fake_connection {
    int socket;
    en_arena arena; /* of the request being answered */
    char *input;
    size_t input_length;
    size_t input_room;
    en_text output;
    size_t sent;
    int64_t send_at_us;
    long drip_ms;
    bool answering;
    bool closes;
} fake_connection;

typedef struct fake_server {
    en_arena arena;
    int listener;
    unsigned port;
    fake_route routes[MOST_ROUTES];
    size_t route_count;
    fake_connection connections[MOST_CONNECTIONS];
    size_t connection_count;
    FILE *log; /* may be NULL */
    long total;
} fake_server;

static void fail(const char *what)
{
    fprintf(stderr, "fake_http: %s\n", what);
    exit(2);
}

/* --- the script --- */

static en_text take_word(en_text *line)
{
    size_t space = en_text_find(*line, EN_TEXT(" "), 0);
    en_text word = en_text_slice(*line, 0, space);
    *line =
        space == SIZE_MAX ? EN_TEXT("") : en_text_trim(en_text_slice(*line, space, line->length));
    return word;
}

static long take_number(en_text *line)
{
    en_text word = take_word(line);
    char digits[24];
    snprintf(digits, sizeof digits, "%.*s", EN_TEXT_ARG(word));
    return strtol(digits, NULL, 10);
}

static void add_header(fake_route *row, en_text line)
{
    if (row->header_count == MOST_HEADERS) {
        fail("too many headers for a path");
    }
    row->headers[row->header_count++] = line;
}

/* Puts bits into bytes as deflate wants them: the lowest first. */
typedef struct bit_writer {
    en_builder *out;
    unsigned bits;
    unsigned count;
} bit_writer;

static void add_bit(bit_writer *writer, unsigned bit)
{
    writer->bits |= bit << writer->count;
    if (++writer->count == 8) {
        en_builder_add_char(writer->out, (char)writer->bits);
        writer->bits = 0;
        writer->count = 0;
    }
}

static void add_code(bit_writer *writer, unsigned code, unsigned length)
{
    for (unsigned i = length; i > 0; i--) {
        add_bit(writer, code >> (i - 1) & 1);
    }
}

/* What a linear map of 32 bits makes of one of them, for all; column i is what it makes of bit i. */
static uint32_t map_bits(const uint32_t map[32], uint32_t bits)
{
    uint32_t mapped = 0;
    for (unsigned i = 0; i < 32; i++) {
        mapped ^= bits >> i & 1 ? map[i] : 0;
    }
    return mapped;
}

/* A zero bit changes a CRC by a linear map, so many of them by its powers. */
static uint32_t crc_of_zeros(long count)
{
    uint32_t map[32] = { 0xEDB88320u };
    for (unsigned i = 1; i < 32; i++) {
        map[i] = 1u << (i - 1);
    }
    uint32_t crc = 0xFFFFFFFFu;
    for (unsigned long bits = (unsigned long)count * 8; bits != 0; bits >>= 1) {
        uint32_t squared[32];
        crc = bits & 1 ? map_bits(map, crc) : crc;
        for (unsigned i = 0; i < 32; i++) {
            squared[i] = map_bits(map, map[i]);
        }
        memcpy(map, squared, sizeof map);
    }
    return ~crc;
}

static void add_little(en_builder *out, uint32_t number)
{
    for (int shift = 0; shift < 32; shift += 8) {
        en_builder_add_char(out, (char)(number >> shift & 0xFF));
    }
}

/* One block of deflate with the fixed codes of RFC 1951 3.2.6: a literal 0 (00110000), then copies
 * of 258 bytes (11000101) from one byte back (00000), then what is left as literals, then the end.
 */
static en_text gzip_zeros(en_arena *arena, long count)
{
    enum { LITERAL = 0x30, COPY = 0xC5, COPIED = 258 };
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add(&out, (en_text){ "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10 });
    bit_writer writer = { .out = &out };
    add_code(&writer, 6, 3); /* the last block; fixed codes, whose two bits go lowest first */
    long left = count;
    if (left > 0) {
        add_code(&writer, LITERAL, 8);
        left--;
    }
    for (; left >= COPIED; left -= COPIED) {
        add_code(&writer, COPY, 8);
        add_code(&writer, 0, 5);
    }
    for (; left > 0; left--) {
        add_code(&writer, LITERAL, 8);
    }
    add_code(&writer, 0, 7);
    while (writer.count != 0) {
        add_bit(&writer, 0);
    }
    add_little(&out, crc_of_zeros(count));
    add_little(&out, (uint32_t)count);
    return en_builder_take(&out);
}

static en_text fill(en_arena *arena, long count)
{
    char *bytes = en_arena_alloc(arena, (size_t)count + 1);
    memset(bytes, 'x', (size_t)count);
    return (en_text){ bytes, (size_t)count };
}

static en_text put_port(fake_server *self, en_text text)
{
    en_builder out;
    en_builder_init(&out, &self->arena);
    size_t at = 0;
    for (size_t hit; (hit = en_text_find(text, EN_TEXT("%p"), at)) != SIZE_MAX; at = hit + 2) {
        en_builder_add(&out, en_text_slice(text, at, hit));
        en_builder_format(&out, "%u", self->port);
    }
    en_builder_add(&out, en_text_slice(text, at, text.length));
    return en_builder_take(&out);
}

static void set_redirect(fake_server *self, fake_route *row, en_text line)
{
    row->status = (int)take_number(&line);
    add_header(row, en_text_format(&self->arena, "Location: %.*s", EN_TEXT_ARG(line)));
}

static void set_zeros(fake_server *self, fake_route *row, en_text line)
{
    row->body = gzip_zeros(&self->arena, take_number(&line));
    add_header(row, EN_TEXT("Content-Encoding: gzip"));
}

/* One line about the path in hand; false: no such word. */
static bool read_rule(fake_server *self, fake_route *row, en_text word, en_text rest)
{
    struct {
        const char *word;
        long *number;
    } numbers[] = {
        { "delay", &row->delay_ms },
        { "drip", &row->drip_ms },
        { "claim", &row->claim },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (en_text_equal(word, en_text_from(numbers[i].word))) {
            *numbers[i].number = take_number(&rest);
            return true;
        }
    }
    if (en_text_equal(word, EN_TEXT("status"))) {
        row->status = (int)take_number(&rest);
    } else if (en_text_equal(word, EN_TEXT("header"))) {
        add_header(row, put_port(self, rest));
    } else if (en_text_equal(word, EN_TEXT("body"))) {
        row->body = put_port(self, rest);
    } else if (en_text_equal(word, EN_TEXT("fail"))) {
        row->fail_count = take_number(&rest);
        row->fail_status = (int)take_number(&rest);
    } else if (en_text_equal(word, EN_TEXT("redirect"))) {
        set_redirect(self, row, put_port(self, rest));
    } else if (en_text_equal(word, EN_TEXT("only"))) {
        row->methods = rest;
    } else if (en_text_equal(word, EN_TEXT("challenge"))) {
        row->challenge = rest;
    } else if (en_text_equal(word, EN_TEXT("fill"))) {
        row->body = fill(&self->arena, take_number(&rest));
    } else if (en_text_equal(word, EN_TEXT("zeros"))) {
        set_zeros(self, row, rest);
    } else if (en_text_equal(word, EN_TEXT("close"))) {
        row->closes = true;
    } else {
        return false;
    }
    return true;
}

static void read_line(fake_server *self, en_text line)
{
    line = en_text_trim(en_text_copy(&self->arena, line));
    if (line.length == 0 || line.data[0] == '#') {
        return;
    }
    en_text rest = line;
    en_text word = take_word(&rest);
    if (en_text_equal(word, EN_TEXT("path"))) {
        if (self->route_count == MOST_ROUTES) {
            fail("too many paths");
        }
        self->routes[self->route_count++] =
            (fake_route){ .path = rest, .status = 200, .body = EN_TEXT(""), .claim = -1 };
    } else if (self->route_count == 0 ||
               !read_rule(self, &self->routes[self->route_count - 1], word, rest)) {
        fprintf(stderr, "fake_http: cannot read \"%.*s\"\n", EN_TEXT_ARG(line));
        exit(2);
    }
}

static void read_script(fake_server *self, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (file == NULL) {
        fail("the script cannot be opened");
    }
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) >= 0) {
        read_line(self, en_text_from(line));
    }
    free(line);
    if (file != stdin) {
        fclose(file);
    }
}

/* --- requests --- */

static en_text find_header(en_text head, en_text name)
{
    size_t at = 0;
    while (at < head.length) {
        size_t end = en_text_find(head, EN_TEXT("\r\n"), at);
        en_text line = en_text_slice(head, at, end);
        size_t colon = en_text_find(line, EN_TEXT(":"), 0);
        if (colon != SIZE_MAX && en_text_equal_nocase(en_text_slice(line, 0, colon), name)) {
            return en_text_trim(en_text_slice(line, colon + 1, line.length));
        }
        at = end == SIZE_MAX ? head.length : end + 2;
    }
    return EN_TEXT("");
}

static bool read_request_line(en_text line, fake_request *request)
{
    request->method = take_word(&line);
    en_text target = take_word(&line);
    size_t mark = en_text_find(target, EN_TEXT("?"), 0);
    request->path = en_text_slice(target, 0, mark);
    request->query =
        mark == SIZE_MAX ? EN_TEXT("") : en_text_slice(target, mark + 1, target.length);
    return en_text_starts(line, EN_TEXT("HTTP/1."));
}

/* A body in chunks, joined; false: more is to come. */
static bool read_chunks(en_text input, size_t at, en_arena *arena, fake_request *request)
{
    en_builder body;
    en_builder_init(&body, arena);
    for (;;) {
        size_t end = en_text_find(input, EN_TEXT("\r\n"), at);
        if (end == SIZE_MAX) {
            return false;
        }
        char digits[16];
        snprintf(digits, sizeof digits, "%.*s", EN_TEXT_ARG(en_text_slice(input, at, end)));
        size_t size = strtoul(digits, NULL, 16);
        if (size > MOST_REQUEST || input.length < end + 2 + size + 2) {
            return false;
        }
        en_builder_add(&body, en_text_slice(input, end + 2, end + 2 + size));
        at = end + 2 + size + 2;
        if (size == 0) {
            request->body = en_builder_take(&body);
            request->length = at;
            return true;
        }
    }
}

/* False: not all of it has come yet. */
static bool read_request(en_text input, en_arena *arena, fake_request *request, bool *broken)
{
    size_t end = en_text_find(input, EN_TEXT("\r\n\r\n"), 0);
    if (end == SIZE_MAX) {
        *broken = input.data[0] < 'A' || input.data[0] > 'Z'; /* such as a greeting of TLS */
        return false;
    }
    size_t line_end = en_text_find(input, EN_TEXT("\r\n"), 0);
    *broken = !read_request_line(en_text_slice(input, 0, line_end), request);
    request->head = en_text_slice(input, line_end + 2, end);
    if (en_text_equal_nocase(find_header(request->head, EN_TEXT("Transfer-Encoding")),
                             EN_TEXT("chunked"))) {
        return read_chunks(input, end + 4, arena, request);
    }
    en_text length = find_header(request->head, EN_TEXT("Content-Length"));
    long bytes = take_number(&length);
    if (bytes < 0 || bytes > MOST_REQUEST) {
        *broken = true;
        return true;
    }
    request->body = en_text_slice(input, end + 4, end + 4 + (size_t)bytes);
    request->length = end + 4 + (size_t)bytes;
    return input.length >= request->length;
}

/* --- answers --- */

static void add_json(en_builder *out, en_text text)
{
    bool broken = en_utf8_find_broken(text) != SIZE_MAX;
    en_builder_add_char(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte == '"' || byte == '\\') {
            en_builder_add_char(out, '\\');
            en_builder_add_char(out, (char)byte);
        } else if (byte < ' ' || (broken && byte >= 0x80)) {
            en_builder_format(out, "\\u%04x", byte);
        } else {
            en_builder_add_char(out, (char)byte);
        }
    }
    en_builder_add_char(out, '"');
}

static void add_lower(en_builder *out, en_text name)
{
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.data[i];
        en_builder_add_char(out, byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte);
    }
}

static void add_headers(en_builder *out, en_text head)
{
    const char *comma = "";
    size_t at = 0;
    while (at < head.length) {
        size_t end = en_text_find(head, EN_TEXT("\r\n"), at);
        en_text line = en_text_slice(head, at, end);
        size_t colon = en_text_find(line, EN_TEXT(":"), 0);
        en_builder_format(out, "%s\"", comma);
        add_lower(out, en_text_slice(line, 0, colon));
        en_builder_add(out, EN_TEXT("\":"));
        add_json(out, colon == SIZE_MAX
                          ? EN_TEXT("")
                          : en_text_trim(en_text_slice(line, colon + 1, line.length)));
        comma = ",";
        at = end == SIZE_MAX ? head.length : end + 2;
    }
}

static en_text echo(const fake_request *request, en_arena *arena)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add(&out, EN_TEXT("{\"method\":"));
    add_json(&out, request->method);
    en_builder_add(&out, EN_TEXT(",\"path\":"));
    add_json(&out, request->path);
    en_builder_add(&out, EN_TEXT(",\"query\":"));
    add_json(&out, request->query);
    en_builder_add(&out, EN_TEXT(",\"headers\":{"));
    add_headers(&out, request->head);
    en_builder_add(&out, EN_TEXT("},\"body\":"));
    add_json(&out, request->body);
    en_builder_add(&out, EN_TEXT("}"));
    return en_builder_take(&out);
}

static en_text count(const fake_server *self, en_arena *arena)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_format(&out, "{\"total\":%ld,\"paths\":{", self->total);
    const char *comma = "";
    for (size_t i = 0; i < self->route_count; i++) {
        en_builder_format(&out, "%s", comma);
        add_json(&out, self->routes[i].path);
        en_builder_format(&out, ":%ld", self->routes[i].requests);
        comma = ",";
    }
    en_builder_add(&out, EN_TEXT("}}"));
    return en_builder_take(&out);
}

static fake_route *find_route(fake_server *self, en_text path)
{
    for (size_t i = 0; i < self->route_count; i++) {
        if (en_text_equal(self->routes[i].path, path)) {
            return &self->routes[i];
        }
    }
    return NULL;
}

/* Writes the whole answer of a status, some header lines and a body. */
static void answer(fake_connection *connection, const fake_request *request, int status,
                   const en_text *headers, size_t header_count, en_text body, long claim)
{
    en_builder out;
    en_builder_init(&out, &connection->arena);
    en_builder_format(&out, "HTTP/1.1 %d Fake\r\n", status);
    for (size_t i = 0; i < header_count; i++) {
        en_builder_add(&out, headers[i]);
        en_builder_add(&out, EN_TEXT("\r\n"));
    }
    if (status != 204 && status != 304) {
        en_builder_format(&out, "Content-Length: %ld\r\n", claim >= 0 ? claim : (long)body.length);
    }
    en_builder_add(&out, EN_TEXT("\r\n"));
    if (!en_text_equal(request->method, EN_TEXT("HEAD")) && status != 204 && status != 304) {
        en_builder_add(&out, body);
    }
    connection->output = en_builder_take(&out);
    connection->closes = connection->closes || claim >= 0;
}

static const en_text json_type[] = { { "Content-Type: application/json", 30 } };

static void answer_route(fake_route *row, fake_connection *connection, const fake_request *request)
{
    en_text scheme = row->challenge;
    en_text authorization = find_header(request->head, EN_TEXT("Authorization"));
    connection->send_at_us = en_clock_ticks_us() + row->delay_ms * 1000;
    connection->drip_ms = row->drip_ms;
    if (row->closes) {
        connection->closes = true;
    } else if (row->methods.length != 0 &&
               en_text_find(row->methods, request->method, 0) == SIZE_MAX) {
        answer(connection, request, 405, NULL, 0, EN_TEXT("not this method"), -1);
    } else if (row->requests <= row->fail_count) {
        answer(connection, request, row->fail_status, NULL, 0, EN_TEXT("failing"), -1);
    } else if (scheme.length != 0 && !en_text_starts(authorization, take_word(&scheme))) {
        en_text header = en_text_format(&connection->arena, "WWW-Authenticate: %.*s",
                                        EN_TEXT_ARG(row->challenge));
        answer(connection, request, 401, &header, 1, EN_TEXT("who is it?"), -1);
    } else if (en_text_equal(row->path, EN_TEXT("/echo"))) {
        answer(connection, request, row->status, json_type, 1, echo(request, &connection->arena),
               -1);
    } else {
        answer(connection, request, row->status, row->headers, row->header_count, row->body,
               row->claim);
    }
}

static void answer_request(fake_server *self, fake_connection *connection,
                           const fake_request *request)
{
    connection->answering = true;
    connection->sent = 0;
    connection->drip_ms = 0;
    connection->send_at_us = 0;
    connection->output = EN_TEXT("");
    connection->closes =
        en_text_equal_nocase(find_header(request->head, EN_TEXT("Connection")), EN_TEXT("close"));
    if (en_text_equal(request->path, EN_TEXT("/count"))) {
        answer(connection, request, 200, json_type, 1, count(self, &connection->arena), -1);
        return;
    }
    self->total++;
    if (self->log != NULL) {
        en_text line = echo(request, &connection->arena);
        fwrite(line.data, 1, line.length, self->log);
        fputc('\n', self->log);
        fflush(self->log);
    }
    fake_route *row = find_route(self, request->path);
    if (row != NULL) {
        row->requests++;
        answer_route(row, connection, request);
    } else {
        answer(connection, request, 404, NULL, 0, EN_TEXT("no such path"), -1);
    }
}

/* --- connections --- */

static void close_connection(fake_server *self, size_t index)
{
    fake_connection *connection = &self->connections[index];
    close(connection->socket);
    free(connection->input);
    en_arena_done(&connection->arena);
    *connection = self->connections[--self->connection_count];
}

static void accept_connection(fake_server *self)
{
    int socket = accept4(self->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
        return;
    }
    if (self->connection_count == MOST_CONNECTIONS) {
        close(socket);
        return;
    }
    fake_connection *connection = &self->connections[self->connection_count++];
    memset(connection, 0, sizeof *connection);
    connection->socket = socket;
    en_arena_init(&connection->arena, NULL);
}

/* Starts the next answer if a whole request is there; false: close. */
static bool take_request(fake_server *self, fake_connection *connection)
{
    fake_request request = { 0 };
    bool broken = false;
    en_text input = { connection->input, connection->input_length };
    if (connection->answering || connection->input_length == 0 ||
        !read_request(input, &connection->arena, &request, &broken)) {
        return !broken && connection->input_length < MOST_REQUEST;
    }
    if (broken) {
        return false;
    }
    answer_request(self, connection, &request);
    connection->input_length -= request.length;
    memmove(connection->input, connection->input + request.length, connection->input_length);
    return true;
}

static bool receive(fake_server *self, fake_connection *connection)
{
    if (connection->input_room - connection->input_length < 16384) {
        size_t room = connection->input_room * 2 + 65536;
        char *input = realloc(connection->input, room);
        if (input == NULL) {
            return false;
        }
        connection->input = input;
        connection->input_room = room;
    }
    ssize_t got = recv(connection->socket, connection->input + connection->input_length,
                       connection->input_room - connection->input_length, 0);
    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    connection->input_length += (size_t)got;
    return take_request(self, connection);
}

static bool send_more(fake_server *self, fake_connection *connection)
{
    size_t left = connection->output.length - connection->sent;
    size_t now = connection->drip_ms != 0 && left > 1 ? 1 : left;
    ssize_t sent = left == 0 ? 0
                             : send(connection->socket, connection->output.data + connection->sent,
                                    now, MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    connection->sent += (size_t)sent;
    connection->send_at_us = en_clock_ticks_us() + connection->drip_ms * 1000;
    if (connection->sent < connection->output.length) {
        return true;
    }
    connection->answering = false;
    en_arena_reset(&connection->arena);
    return !connection->closes && take_request(self, connection);
}

/* Milliseconds until a delayed answer is due, at most 100. */
static int next_wait(const fake_server *self, int64_t now_us)
{
    int64_t wait_us = 100000;
    for (size_t i = 0; i < self->connection_count; i++) {
        const fake_connection *connection = &self->connections[i];
        int64_t left_us = connection->send_at_us - now_us;
        if (connection->answering && left_us > 0 && left_us < wait_us) {
            wait_us = left_us;
        }
    }
    return (int)((wait_us + 999) / 1000);
}

static void serve_once(fake_server *self)
{
    struct pollfd polls[MOST_CONNECTIONS + 1] = { { .fd = self->listener, .events = POLLIN } };
    int64_t now_us = en_clock_ticks_us();
    for (size_t i = 0; i < self->connection_count; i++) {
        const fake_connection *connection = &self->connections[i];
        bool due = connection->answering && connection->send_at_us <= now_us;
        polls[i + 1] = (struct pollfd){ .fd = connection->socket,
                                        .events = (short)(POLLIN | (due ? POLLOUT : 0)) };
    }
    size_t polled = self->connection_count;
    if (poll(polls, (nfds_t)polled + 1, next_wait(self, now_us)) <= 0) {
        return;
    }
    for (size_t i = polled; i-- > 0;) { /* backwards: closing moves the last one here */
        short got = polls[i + 1].revents;
        fake_connection *connection = &self->connections[i];
        bool open = (got & (POLLIN | POLLHUP | POLLERR)) == 0 || receive(self, connection);
        open = open && ((got & POLLOUT) == 0 || send_more(self, connection));
        if (!open) {
            close_connection(self, i);
        }
    }
    if (polls[0].revents != 0) {
        accept_connection(self);
    }
}

static void open_listener(fake_server *self)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (self->listener < 0 ||
        bind(self->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(self->listener, 128) != 0 ||
        getsockname(self->listener, (struct sockaddr *)&address, &length) != 0) {
        fail("no port can be opened on 127.0.0.1");
    }
    self->port = ntohs(address.sin_port);
}

static long read_arguments(fake_server *self, int argc, char **argv)
{
    long seconds = 30;
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (value != NULL && strcmp(argv[i], "--seconds") == 0) {
            seconds = strtol(value, NULL, 10);
        } else if (value != NULL && strcmp(argv[i], "--script") == 0) {
            read_script(self, value);
        } else if (value != NULL && strcmp(argv[i], "--line") == 0) {
            read_line(self, en_text_from(value));
        } else if (value != NULL && strcmp(argv[i], "--log") == 0) {
            self->log = fopen(value, "w");
        } else {
            fail("expected --seconds N, --log FILE, --script FILE or --line TEXT");
        }
    }
    return seconds;
}

int main(int argc, char **argv)
{
    fake_server *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    en_arena_init(&self->arena, NULL);
    open_listener(self);
    read_line(self, EN_TEXT("path /echo"));
    int64_t end_us = read_arguments(self, argc, argv) * 1000000 + en_clock_ticks_us();
    printf("port %u\n", self->port);
    fflush(stdout);
    while (en_clock_ticks_us() < end_us) {
        serve_once(self);
    }
    while (self->connection_count != 0) {
        close_connection(self, 0);
    }
    if (self->log != NULL) {
        fclose(self->log);
    }
    close(self->listener);
    en_arena_done(&self->arena);
    free(self);
    return 0;
}
