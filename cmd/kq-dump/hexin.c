/*
 * hexin.c - a line is cut into words of hex digits; only its beginning decides
 * whether there is an offset in front and text behind.
 */
#include "hexin.h"

#include "base/num.h"
#include "base/str.h"

#include <ctype.h>
#include <string.h>

/* Lines longer than this are decoded in parts. */
enum { LONG_LINE = 65536 };

void dump_hexin_init(struct dump_hexin *h)
{
    *h = (struct dump_hexin){.lineno = 1};
    kq_buf_init(&h->line, LONG_LINE + 1);
    kq_buf_init(&h->bytes, LONG_LINE);
}

void dump_hexin_release(struct dump_hexin *h)
{
    kq_buf_release(&h->line);
    kq_buf_release(&h->bytes);
}

static size_t hex_run(struct kq_str s)
{
    size_t n = 0;
    while (n < s.len && kq_hex_value(s.s[n]) >= 0)
        n++;
    return n;
}

static struct kq_str skip(struct kq_str s, size_t n)
{
    return kq_str(s.s + n, s.len - n);
}

/* What stands in front of the bytes. */
enum offset { NO_OFFSET, XXD_OFFSET, OTHER_OFFSET };

/*
 * Cut the offset of a hexdump off the front: xxd's "00000010: ", or digits and
 * two blanks (hexdump), or six or seven digits and one (od).  These two end in
 * a line with an offset alone, which `in_dump` allows.
 */
static enum offset take_offset(struct kq_str *s, bool in_dump)
{
    size_t n = hex_run(*s);
    if (n < 4 || n > 16)
        return NO_OFFSET;
    struct kq_str rest = skip(*s, n);
    bool colon = rest.len > 1 && rest.s[0] == ':' && rest.s[1] == ' ';
    bool blanks = rest.len > 1 && rest.s[0] == ' ' && rest.s[1] == ' ';
    bool od = (n == 6 || n == 7) && rest.len && rest.s[0] == ' ';
    bool last = in_dump && !rest.len && n < 9;
    if (!colon && !blanks && !od && !last)
        return NO_OFFSET;
    *s = kq_str_trim(skip(rest, colon ? 1 : 0));
    return colon ? XXD_OFFSET : OTHER_OFFSET;
}

/* The text of the bytes stands behind two blanks (xxd) or a bar (hexdump -C, which puts two
 * blanks in the middle of its bytes). */
static struct kq_str without_text(struct kq_str s, enum offset offset)
{
    const char *end = offset == XXD_OFFSET ? memmem(s.s, s.len, "  ", 2) : memchr(s.s, '|', s.len);
    return end && offset ? kq_str(s.s, (size_t)(end - s.s)) : s;
}

static bool is_filler(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == ':' || c == ',' || c == ';' || c == '"' ||
           c == '{' || c == '}';
}

/* "0x", "\x" */
static bool is_prefix(struct kq_str s)
{
    return s.len > 1 && (s.s[0] == '0' || s.s[0] == '\\') && (s.s[1] == 'x' || s.s[1] == 'X');
}

static bool add_word(struct dump_hexin *h, struct kq_str word, struct kq_err *err)
{
    if (word.len % 2)
        return kq_fail(err, KQ_EPROTO, "line %llu: odd number of hex digits at \"%.*s\"",
                       (unsigned long long)h->lineno, (int)(word.len < 20 ? word.len : 20), word.s);
    uint8_t *d = kq_buf_reserve(&h->bytes, word.len / 2);
    kq_parse_hex(word.s, word.len, d);
    kq_buf_advance(&h->bytes, word.len / 2);
    return true;
}

static bool add_words(struct dump_hexin *h, struct kq_str s, struct kq_err *err)
{
    while (s.len) {
        if (is_filler(s.s[0])) {
            s = skip(s, 1);
            continue;
        }
        if (is_prefix(s))
            s = skip(s, 2);
        size_t n = hex_run(s);
        if (!n)
            return kq_fail(err, KQ_EPROTO, "line %llu: \"%.*s\" is not hex",
                           (unsigned long long)h->lineno, (int)(s.len < 20 ? s.len : 20), s.s);
        if (!add_word(h, kq_str(s.s, n), err))
            return false;
        s = skip(s, n);
    }
    return true;
}

/* The line in progress to bytes; 0 when it has none. */
static int take_line(struct dump_hexin *h, struct kq_err *err)
{
    struct kq_str s = kq_str((const char *)h->line.data, h->line.len);
    kq_buf_clear(&h->bytes);
    if (!h->middle) {
        s = kq_str_trim(s);
        enum offset offset = take_offset(&s, h->dump);
        h->dump = offset != NO_OFFSET;
        s = without_text(s, offset);
    }
    bool ok = (s.len && s.s[0] == '#') || add_words(h, s, err);
    kq_buf_clear(&h->line);
    h->broken = !ok;
    return !ok ? -1 : h->bytes.len > 0;
}

static int broken(struct kq_err *err)
{
    kq_err_set(err, KQ_EPROTO, "input is not hex");
    return -1;
}

/* A part of a very long line, with an even number of digits. */
static int take_part(struct dump_hexin *h, struct kq_err *err)
{
    size_t n = h->line.len;
    while (n && kq_hex_value((char)h->line.data[n - 1]) >= 0)
        n--;
    size_t odd = (h->line.len - n) % 2;
    uint8_t last = odd ? h->line.data[h->line.len - 1] : 0;
    h->line.len -= odd;
    int got = take_line(h, err);
    h->middle = true;
    if (odd)
        kq_buf_byte(&h->line, last);
    return got;
}

int dump_hexin_next(struct dump_hexin *h, const char **p, size_t *n, struct kq_err *err)
{
    if (h->broken)
        return broken(err);
    while (*n) {
        size_t room = LONG_LINE - h->line.len;
        size_t len = *n < room ? *n : room;
        const char *nl = memchr(*p, '\n', len);
        if (nl)
            len = (size_t)(nl - *p);
        kq_buf_append(&h->line, *p, len);
        *p += len + (nl != NULL);
        *n -= len + (nl != NULL);
        if (!nl && h->line.len < LONG_LINE)
            break;
        int got = nl ? take_line(h, err) : take_part(h, err);
        if (nl) {
            h->lineno += got >= 0;
            h->middle = false;
        }
        if (got)
            return got;
    }
    return 0;
}

int dump_hexin_end(struct dump_hexin *h, struct kq_err *err)
{
    return h->broken ? broken(err) : h->line.len ? take_line(h, err) : 0;
}

bool dump_hexin_detect(const uint8_t *p, size_t n)
{
    size_t digits = 0;
    const uint8_t *nl = n ? memchr(p, '\n', n) : NULL;
    struct kq_str line = kq_str_trim(kq_str((const char *)p, nl ? (size_t)(nl - p) : n));
    enum offset offset = take_offset(&line, false);
    line = without_text(line, offset);
    for (; line.len; line = skip(line, 1)) {
        bool digit = kq_hex_value(line.s[0]) >= 0;
        if (!digit && !is_filler(line.s[0]) && line.s[0] != 'x' && line.s[0] != 'X' &&
            line.s[0] != '\\')
            return false;
        digits += digit;
    }
    return digits > 1;
}
