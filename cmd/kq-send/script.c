/*
 * script.c - looks one line ahead: a statement ends where the next line does
 * not continue it.
 */
#include "script.h"

/* Is the line nothing but `c`, perhaps with blanks behind it? */
static bool only(struct kq_str line, char c)
{
    return line.len && line.s[0] == c && kq_str_trim(line).len == 1;
}

static bool is_blank(struct kq_str line)
{
    return kq_str_trim(line).len == 0;
}

static bool next_line(struct send_script *s, struct kq_str *line)
{
    if (!s->rest.len)
        return false;
    kq_str_cut(s->rest, '\n', line, &s->rest);
    return true;
}

static void skip_block_comment(struct send_script *s)
{
    struct kq_str line;
    while (next_line(s, &line) && !only(line, '\\'))
        continue;
}

/* Do the lines at s->rest go on with the statement?  Blank and comment lines in
 * between belong to it when something behind them does. */
static bool continues(const struct send_script *s)
{
    struct send_script ahead = *s;
    struct kq_str line;
    while (next_line(&ahead, &line)) {
        if (is_blank(line) || (line.s[0] == '/' && !only(line, '/')))
            continue;
        return line.s[0] == ' ' || line.s[0] == '\t';
    }
    return false;
}

bool send_script_next(struct send_script *s, struct kq_str *statement)
{
    struct kq_str line;
    while (next_line(s, &line)) {
        if (only(line, '/'))
            skip_block_comment(s);
        if (is_blank(line) || line.s[0] == '/')
            continue;
        if (only(line, '\\')) {
            s->rest.len = 0;
            return false;
        }
        const char *start = line.s;
        while (continues(s) && next_line(s, &line))
            continue;
        *statement = kq_str(start, (size_t)(line.s + line.len - start));
        while (statement->len && statement->s[statement->len - 1] == '\r')
            statement->len--;
        return true;
    }
    return false;
}
