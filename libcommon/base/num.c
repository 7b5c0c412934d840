/*
 * num.c - digit words for output, checked eight-digit steps for input.
 *
 * A number below 10^8 is one digit word, shifted right by its leading zeros;
 * longer ones put whole words after a shifted first one.
 */
#include "base/num.h"

size_t kq_fmt_u64(char *dst, uint64_t v)
{
    enum { E8 = 100000000 };
    if (v < E8)
        return kq_put_upto8(dst, (uint32_t)v);
    uint64_t high = v / E8;
    uint32_t low = (uint32_t)(v % E8);
    size_t n;
    if (high < E8) {
        n = kq_put_upto8(dst, (uint32_t)high);
    } else {
        n = kq_put_upto8(dst, (uint32_t)(high / E8));
        kq_put8(dst + n, (uint32_t)(high % E8));
        n += 8;
    }
    kq_put8(dst + n, low);
    return n + 8;
}

size_t kq_fmt_i64(char *dst, int64_t v)
{
    size_t neg = v < 0;
    dst[0] = '-';
    return neg + kq_fmt_u64(dst + neg, neg ? 0 - (uint64_t)v : (uint64_t)v);
}

size_t kq_fmt_hex(char *dst, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        memcpy(dst + 2 * i, kq_hex2 + 2 * p[i], 2);
    return 2 * n;
}

/* Any number of digits. */
static __attribute__((noinline)) bool parse_long(const char *s, size_t len, uint64_t *v)
{
    uint64_t r = 0;
    for (; len >= 8; s += 8, len -= 8) {
        uint64_t w = kq_load8(s) ^ KQ_BYTES8('0');
        if (!kq_digits8_ok(w) || __builtin_mul_overflow(r, 100000000, &r) ||
            __builtin_add_overflow(r, kq_digits8_value(w), &r))
            return false;
    }
    for (; len; s++, len--) {
        unsigned digit = (unsigned char)(*s - '0');
        if (digit > 9 || __builtin_mul_overflow(r, 10, &r) || __builtin_add_overflow(r, digit, &r))
            return false;
    }
    *v = r;
    return true;
}

/* Digits only, at least one. */
static inline bool parse_digits(const char *s, size_t len, uint64_t *v)
{
    if (len - 1 >= 16)
        return len && parse_long(s, len, v);
    uint64_t w = kq_digits_from_text(kq_load_upto8(s, len < 8 ? len : 8), (len - 1) % 8 + 1);
    uint64_t r = kq_digits8_value(w);
    bool ok = kq_digits8_ok(w);
    if (len > 8) {
        w = kq_load8(s + len - 8) ^ KQ_BYTES8('0');
        r = r * 100000000 + kq_digits8_value(w);
        ok &= kq_digits8_ok(w);
    }
    if (ok)
        *v = r;
    return ok;
}

bool kq_parse_u64(const char *s, size_t len, uint64_t *v)
{
    size_t plus = len && s[0] == '+';
    return parse_digits(s + plus, len - plus, v);
}

bool kq_parse_i64(const char *s, size_t len, int64_t *v)
{
    bool neg = len && s[0] == '-';
    size_t sign = neg || (len && s[0] == '+');
    uint64_t r;
    if (!parse_digits(s + sign, len - sign, &r) || r > (uint64_t)INT64_MAX + neg)
        return false;
    *v = (int64_t)(neg ? 0 - r : r);
    return true;
}

int kq_hex_value(char c)
{
    if (kq_is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool kq_parse_hex(const char *s, size_t len, uint8_t *out)
{
    if (len % 2)
        return false;
    int bad = 0;
    for (size_t i = 0; i < len; i += 2) {
        int hi = kq_hex_value(s[i]), lo = kq_hex_value(s[i + 1]);
        bad |= hi | lo;
        out[i / 2] = (uint8_t)((unsigned)hi << 4 | (unsigned)lo);
    }
    return bad >= 0;
}

/*
 * The decimal number `s` times `unit`, fractions of the result cut off; but
 * what is not 0 never becomes 0, since that means unlimited.
 */
static bool scaled(struct kq_str s, uint64_t unit, uint64_t *v)
{
    struct kq_str whole, frac;
    bool point = kq_str_cut(s, '.', &whole, &frac);
    uint64_t r = 0;
    if (!whole.len && !frac.len)
        return false;
    if (whole.len && (!kq_is_digit(whole.s[0]) || !kq_parse_u64(whole.s, whole.len, &r)))
        return false;
    if (__builtin_mul_overflow(r, unit, &r))
        return false;
    uint64_t num = 0, den = 1;
    bool some = r != 0;
    for (size_t i = 0; point && i < frac.len; i++) {
        if (!kq_is_digit(frac.s[i]))
            return false;
        some |= frac.s[i] != '0';
        if (den < 1000000000) {
            num = num * 10 + (uint64_t)(frac.s[i] - '0');
            den *= 10;
        }
    }
    uint64_t part = (uint64_t)((unsigned __int128)unit * num / den);
    if (__builtin_add_overflow(r, part, &r))
        return false;
    *v = r ? r : some;
    return true;
}

/* Cut the letters at the end of `s` off and return them. */
static struct kq_str take_suffix(struct kq_str *s)
{
    size_t n = s->len;
    while (n && s->s[n - 1] != '.' && !kq_is_digit(s->s[n - 1]))
        n--;
    struct kq_str suffix = kq_str(s->s + n, s->len - n);
    s->len = n;
    return suffix;
}

bool kq_parse_duration(struct kq_str s, int64_t *ns)
{
    static const struct {
        char name[4];
        uint64_t ns;
    } units[] = {
        {"", UINT64_C(1000000000)},   {"s", UINT64_C(1000000000)},    {"ms", 1000000}, {"us", 1000},
        {"m", UINT64_C(60000000000)}, {"h", UINT64_C(3600000000000)}, {"ns", 1},
    };
    if (kq_str_is(s, "none")) {
        *ns = 0;
        return true;
    }
    struct kq_str suffix = take_suffix(&s);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        uint64_t v;
        if (!kq_str_is(suffix, units[i].name))
            continue;
        if (!scaled(s, units[i].ns, &v) || v > INT64_MAX)
            return false;
        *ns = (int64_t)v;
        return true;
    }
    return false;
}

bool kq_parse_size(struct kq_str s, uint64_t *bytes)
{
    static const char letters[] = "kmgt";
    if (kq_str_is(s, "none")) {
        *bytes = 0;
        return true;
    }
    struct kq_str suffix = take_suffix(&s);
    if (!suffix.len)
        return scaled(s, 1, bytes);
    const char *p = suffix.len == 1 ? strchr(letters, suffix.s[0] | 0x20) : NULL;
    if (!p || !*p)
        return false;
    return scaled(s, UINT64_C(1) << (10 * (p - letters + 1)), bytes);
}
