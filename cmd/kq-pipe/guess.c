/*
 * guess.c - each column starts with all types and loses those that a field
 * contradicts; of what is left the first wins.
 */
#include "guess.h"

#include "base/cal.h"
#include "base/num.h"
#include "obj/types.h"
#include "text/tok.h"

/* Records to look at. */
enum { RECORDS_MAX = 10000 };

static bool is_tok(int type, struct kq_str s)
{
    union kq_tokval v;
    return kq_tok(type, s.s, s.len, &v);
}

/* A number with leading zeros is a name: 00123. */
static bool is_long(struct kq_str s)
{
    size_t sign = s.s[0] == '-';
    bool padded = s.len > sign + 1 && s.s[sign] == '0' && kq_is_digit(s.s[sign + 1]);
    return !padded && is_tok(KQ_LONG, s);
}

static bool is_float(struct kq_str s)
{
    return is_tok(KQ_FLOAT, s) && (is_long(s) || memchr(s.s, '.', s.len) ||
                                   memchr(s.s, 'e', s.len) || memchr(s.s, 'E', s.len));
}

static bool is_date(struct kq_str s)
{
    int32_t days;
    return kq_parse_date(s, &days);
}

static bool is_timestamp(struct kq_str s)
{
    return memchr(s.s, ':', s.len) && s.len > 12 && is_tok(KQ_TIMESTAMP, s);
}

static bool is_time(struct kq_str s)
{
    int64_t ns;
    return kq_parse_time_ns(s, &ns) && ns % 1000000 == 0 && ns >= 0 && ns < KQ_NS_PER_DAY;
}

static bool is_timespan(struct kq_str s)
{
    int64_t ns;
    return kq_parse_timespan(s, &ns);
}

static bool is_guid(struct kq_str s)
{
    return s.len == 36 && is_tok(KQ_GUID, s);
}

static bool is_boolean(struct kq_str s)
{
    return s.len > 1 && is_tok(KQ_BOOLEAN, s);
}

static bool is_symbol(struct kq_str s)
{
    return s.len <= 64 && !memchr(s.s, ' ', s.len) && !memchr(s.s, '\n', s.len);
}

static const struct {
    char letter;
    bool (*fits)(struct kq_str s); /* never empty */
} candidates[] = {
    {'J', is_long},     {'F', is_float}, {'D', is_date},    {'P', is_timestamp}, {'T', is_time},
    {'N', is_timespan}, {'G', is_guid},  {'B', is_boolean}, {'S', is_symbol},
};
enum { N_CANDIDATES = sizeof candidates / sizeof *candidates };

/* A field that is not empty contradicts some candidates. */
static unsigned still(unsigned set, struct kq_str field)
{
    field = kq_str_trim(field);
    for (int i = 0; field.len && i < N_CANDIDATES; i++)
        if ((set >> i & 1) && !candidates[i].fits(field))
            set &= ~(1u << i);
    return set;
}

/* All empty is a symbol, nothing left a string. */
static char best(unsigned set, bool seen)
{
    if (!seen)
        return 'S';
    return set ? candidates[__builtin_ctz(set)].letter : '*';
}

bool pipe_guess(const struct kq_csv_dialect *d, bool header, const char *data, size_t len, bool eof,
                char types[PIPE_GUESS_MAX + 1], struct kq_err *err)
{
    struct kq_csvin c;
    unsigned set[PIPE_GUESS_MAX];
    bool seen[PIPE_GUESS_MAX] = {false};
    size_t columns = 0;
    memset(set, 0xff, sizeof set);
    kq_csvin_init(&c, d, PIPE_GUESS_MAX, KQ_CSVIN_RECORD_MAX);
    kq_csvin_window(&c, data, len, eof);
    for (int n = 0; n < RECORDS_MAX && kq_csvin_next(&c, err) > 0; n++) {
        size_t fields = c.n_fields < PIPE_GUESS_MAX ? c.n_fields : PIPE_GUESS_MAX;
        columns = fields > columns ? fields : columns;
        for (size_t i = 0; i < fields && !(header && n == 0); i++) {
            set[i] = still(set[i] & ((1u << N_CANDIDATES) - 1), c.field[i]);
            seen[i] = seen[i] || c.field[i].len;
        }
    }
    kq_csvin_release(&c);
    for (size_t i = 0; i < columns; i++)
        types[i] = best(set[i], seen[i]);
    types[columns] = '\0';
    return columns || kq_fail(err, KQ_EDATA, "no record to guess types from");
}
