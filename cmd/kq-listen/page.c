/*
 * page.c - copies the lines of page.html; a line "@name" is a slot.
 */
#include "page.h"

#include "base/mem.h"
#include "http.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "text/console.h"
#include "text/elem.h"
#include "text/repr.h"
#include "text/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ROWS_MAX = 1000,    /* rows of a table in the page */
    TEXT_ROWS = 1000,   /* and lines of text */
    TEXT_COLUMNS = 500, /* of which so many characters are shown */
    NAMES_MAX = 2000,   /* of each kind in the workspace */
};

static const char *const lines[] = {
#include "gen/page.inc"
};

static void escape(struct kq_buf *out, const char *text)
{
    http_escape_html(out, kq_strz(text));
}

/* ---- words ------------------------------------------------------------------------ */

static bool is_table(const struct kq_obj *x)
{
    return x->type == KQ_TABLE || kq_is_keyed(x);
}

static bool is_number(const struct kq_obj *x)
{
    int t = abs(x->type);
    return t == KQ_BYTE || (t >= KQ_SHORT && t <= KQ_FLOAT);
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* "1,234 rows" */
static void put_count(struct kq_buf *out, int64_t n, const char *noun)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            kq_buf_byte(out, ',');
        kq_buf_byte(out, (uint8_t)digits[i]);
    }
    kq_buf_printf(out, " %s%s", noun, plural(n));
}

/* "long", "symbol"; "list" for what is mixed or nested. */
static const char *type_name(const struct kq_obj *x)
{
    const char *name = kq_typeinfo(x->type)->name;
    return x->type == KQ_LIST || !name ? "list" : name;
}

/* "3 rows", "3 rows, keyed", "3 longs", "long", "function". */
static void describe(struct kq_buf *out, const struct kq_obj *x)
{
    int64_t n = kq_count(x);
    if (is_table(x))
        put_count(out, n, "row");
    else if (kq_is_dict(x))
        put_count(out, n, "key");
    else if (kq_type_is_func(x->type))
        kq_buf_puts(out, kq_is_generic_null(x) ? "nothing" : "function");
    else if (x->type == KQ_LIST)
        put_count(out, n, "item");
    else if (x->type < 0)
        kq_buf_puts(out, type_name(x));
    else
        put_count(out, n, type_name(x));
    if (kq_is_keyed(x))
        kq_buf_puts(out, ", keyed");
}

/* ---- workspace ------------------------------------------------------------------------ */

enum kind { TABLES, VARIABLES, FUNCTIONS, KINDS };

/* The workspace while it is listed. */
struct listing {
    struct lst_context *context;
    struct kq_buf *out;
    struct kq_str selected;    /* what the page shows */
    struct kq_obj *parameters; /* q code that tells a function's */
};

static enum kind kind_of(const struct kq_obj *x)
{
    if (is_table(x))
        return TABLES;
    return kq_type_is_func(x->type) ? FUNCTIONS : VARIABLES;
}

/* "[t;x]" after the name of a function. */
static void put_parameters(struct listing *l, struct kq_obj *f)
{
    struct kq_obj *names =
        f->type == KQ_LAMBDA && l->parameters ? q_apply(l->context->q, l->parameters, 1, &f) : NULL;
    for (int64_t i = 0; names && names->type == KQ_SYMBOL && i < names->n; i++) {
        kq_buf_puts(l->out, i ? ";" : "[");
        escape(l->out, kq_syms(names)[i]);
        if (i + 1 == names->n)
            kq_buf_byte(l->out, ']');
    }
    kq_unref(names);
}

static void put_name(struct listing *l, const char *name, struct kq_obj *x)
{
    bool here = kq_str_is(l->selected, name);
    kq_buf_puts(l->out, here ? "<li><a aria-current=\"page\" href=\"/?" : "<li><a href=\"/?");
    http_escape_url(l->out, kq_strz(name));
    kq_buf_puts(l->out, "\"><span class=\"name\">");
    escape(l->out, name);
    if (kind_of(x) == FUNCTIONS) {
        kq_buf_puts(l->out, "<i>");
        put_parameters(l, x);
        kq_buf_puts(l->out, "</i>");
    }
    kq_buf_puts(l->out, "</span> <span class=\"what\">");
    if (kind_of(x) != FUNCTIONS)
        describe(l->out, x);
    kq_buf_puts(l->out, "</span></a></li>\n");
}

static void put_kind(struct listing *l, const struct kq_obj *names, enum kind kind)
{
    static const char *const titles[] = {"Tables", "Variables", "Functions"};
    int shown = 0;
    for (int64_t i = 0; i < names->n && shown < NAMES_MAX; i++) {
        const char *name = kq_syms(names)[i];
        struct kq_obj *x = *name ? q_global(l->context->q, name) : NULL;
        if (x && kind_of(x) == kind) {
            if (!shown++)
                kq_buf_printf(l->out, "<h2>%s</h2>\n<ul>\n", titles[kind]);
            put_name(l, name, x);
        }
        kq_unref(x);
    }
    if (shown)
        kq_buf_puts(l->out, "</ul>\n");
}

static void put_workspace(struct lst_context *c, struct kq_buf *out, const struct lst_page *page)
{
    static const char ask[] = "asc key`.", parameters[] = "{value[x]1}";
    struct listing l = {.context = c, .out = out, .selected = page->expression};
    struct kq_obj *names = q_eval_text(c->q, ask, sizeof ask - 1);
    l.parameters = q_eval_text(c->q, parameters, sizeof parameters - 1);
    if (names && names->type == KQ_SYMBOL && names->n) {
        for (int kind = 0; kind < KINDS; kind++)
            put_kind(&l, names, (enum kind)kind);
    } else {
        kq_buf_puts(out, "<h2>Workspace</h2>\n<p class=\"empty\">Nothing is defined yet.</p>\n");
    }
    kq_unref(l.parameters);
    kq_unref(names);
}

/* ---- result --------------------------------------------------------------------------- */

/* Nested items: strings as they are, the rest as q text. */
static size_t put_item(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    struct kq_obj *x = kq_at(e->x, i);
    if (x->type == KQ_CHAR)
        kq_out_write(o, kq_data(x), (size_t)x->n);
    else
        kq_repr(o, x, e->style);
    kq_unref(x);
    return 0;
}

/* A column of the page. */
struct column {
    const struct kq_obj *x;
    struct kq_elems elems;
    const char *class; /* attribute, or "" */
    int decimals;      /* of floats: most that any row has, so that the points stand in line */
};

/* Characters from the point on, 0 without one; exponents are not aligned. */
static int decimals_of(struct kq_str text)
{
    const char *point = memchr(text.s, '.', text.len);
    if (!point || memchr(text.s, 'e', text.len))
        return 0;
    return (int)(text.s + text.len - point);
}

static void begin_column(struct column *col, const struct kq_style *style)
{
    if (!kq_elems_init(&col->elems, col->x, KQ_FORM_BARE, style))
        col->elems.put = put_item;
    col->elems.x = col->x;
    col->elems.style = style;
}

static void measure(struct column *col, int64_t n, const struct kq_style *style)
{
    struct kq_out text;
    if (col->x->type != KQ_FLOAT && col->x->type != KQ_REAL)
        return;
    kq_out_init_mem(&text);
    for (int64_t i = 0; i < n; i++) {
        text.len = 0;
        kq_elems_put(&col->elems, &text, i);
        int d = decimals_of(kq_str(text.buf, text.len));
        col->decimals = d > col->decimals ? d : col->decimals;
    }
    kq_out_release(&text);
    begin_column(col, style);
}

static void put_cell(struct kq_buf *out, struct column *col, int64_t i)
{
    struct kq_out text;
    kq_out_init_mem(&text);
    kq_elems_put(&col->elems, &text, i);
    struct kq_str cell = kq_str(text.buf, text.len);
    kq_buf_printf(out, "<td%s>", col->class);
    http_escape_html(out, cell);
    for (int d = decimals_of(cell); cell.len && d < col->decimals; d++)
        kq_buf_byte(out, ' ');
    kq_buf_puts(out, "</td>");
    kq_out_release(&text);
}

static void put_head(struct kq_buf *out, const struct kq_rows *r, const struct column *cols)
{
    kq_buf_puts(out, "<thead><tr>");
    for (int64_t j = 0; j < r->ncols; j++) {
        const struct kq_obj *x = cols[j].x;
        kq_buf_printf(out, "<th%s><span>", cols[j].class);
        http_escape_html(out, r->names[j]);
        kq_buf_printf(out, "</span><small>%s", type_name(x));
        if (x->attr > KQ_ATTR_NONE && x->attr <= KQ_ATTR_GROUPED)
            kq_buf_printf(out, " `%c", " supg"[x->attr]);
        kq_buf_puts(out, "</small></th>");
    }
    kq_buf_puts(out, "</tr></thead>\n<tbody>\n");
}

static void put_body(struct kq_buf *out, const struct kq_rows *r, struct column *cols)
{
    for (int64_t i = 0; i < r->n && i < ROWS_MAX; i++) {
        kq_buf_puts(out, "<tr>");
        for (int64_t j = 0; j < r->ncols; j++)
            put_cell(out, &cols[j], i);
        kq_buf_puts(out, "</tr>\n");
    }
    if (!r->n)
        kq_buf_printf(out, "<tr><td class=\"none\" colspan=\"%lld\">no rows</td></tr>\n",
                      (long long)r->ncols);
}

static void put_rows(struct kq_buf *out, const struct kq_rows *r, int64_t keys)
{
    struct kq_style style = kq_style_default;
    struct column *cols = kq_calloc((size_t)r->ncols, sizeof *cols);
    style.times = KQ_TIMES_Q;
    style.max_items = 100;
    style.depth = 10;
    for (int64_t j = 0; j < r->ncols; j++) {
        struct column *col = &cols[j];
        col->x = r->cols[j];
        col->class = is_number(col->x) ? j < keys ? " class=\"number key\"" : " class=\"number\""
                     : j < keys        ? " class=\"key\""
                                       : "";
        begin_column(col, &style);
        measure(col, r->n < ROWS_MAX ? r->n : ROWS_MAX, &style);
    }
    put_head(out, r, cols);
    put_body(out, r, cols);
    free(cols);
}

/* Tables and dictionaries are tables of the page. */
static bool put_table(struct kq_buf *out, const struct kq_obj *x)
{
    struct kq_rows r;
    bool table = is_table(x);
    if (table ? !kq_rows_init(&r, x) : !kq_is_dict(x) || !kq_rows_init_dict(&r, x))
        return false;
    bool some = r.ncols > 0;
    if (some) {
        kq_buf_puts(out, "<div class=\"scroll\" tabindex=\"0\"><table>");
        put_rows(out, &r, table ? kq_is_dict(x) ? kq_names(kq_keys(x))->n : 0 : 1);
        kq_buf_puts(out, "</tbody></table></div>\n");
    }
    kq_rows_release(&r);
    return some;
}

static void put_text(struct kq_buf *out, const struct kq_obj *x)
{
    struct kq_style style = kq_style_default;
    struct kq_out text;
    style.rows = TEXT_ROWS;
    style.columns = TEXT_COLUMNS;
    kq_out_init_mem(&text);
    kq_console(&text, x, &style);
    kq_buf_puts(out, "<div class=\"scroll\" tabindex=\"0\"><pre>");
    http_escape_html(out, kq_str(text.buf, text.len));
    kq_buf_puts(out, "</pre></div>\n");
    kq_out_release(&text);
}

static void put_links(struct kq_buf *out, struct kq_str expression)
{
    static const char *const formats[] = {"json", "csv", "txt", "xml"};
    kq_buf_puts(out, "<nav>");
    for (int i = 0; i < 4; i++) {
        kq_buf_printf(out, "<a href=\"/%s?", formats[i]);
        http_escape_url(out, expression);
        kq_buf_printf(out, "\">%s</a>", formats[i]);
    }
    kq_buf_puts(out, "</nav>");
}

static void put_about(struct kq_buf *out, const struct lst_page *page)
{
    int64_t n = kq_count(page->result);
    kq_buf_puts(out, "<div class=\"about\"><span>");
    describe(out, page->result);
    kq_buf_puts(out, "</span>");
    if ((is_table(page->result) || kq_is_dict(page->result)) && n > ROWS_MAX)
        kq_buf_printf(out, "<span>the first %d are shown</span>", ROWS_MAX);
    if (page->elapsed_ns < 1000000)
        kq_buf_printf(out, "<span>%.0f \302\265s</span>", (double)page->elapsed_ns / 1000);
    else
        kq_buf_printf(out, "<span>%.1f ms</span>", (double)page->elapsed_ns / 1000000);
    if (!kq_type_is_func(page->result->type))
        put_links(out, page->expression);
    kq_buf_puts(out, "</div>\n");
}

/* What newcomers ask about an error; q itself says no more than the word. */
static const char *meaning_of(const char *error)
{
    static const struct {
        const char *error, *meaning;
    } known[] = {
        {"type", "A value has a type that this operation does not take."},
        {"length", "Lists that belong together differ in length."},
        {"rank", "A function got too many arguments."},
        {"domain", "A value is outside of what this operation takes."},
        {"index", "There is nothing at that position."},
        {"mismatch", "The columns of two tables differ."},
        {"nyi", "This does not exist here."},
        {"access", "That is not allowed here."},
        {"noupdate", "Changes are not allowed here."},
        {"assign", "This name belongs to q."},
        {"parse", "This is not q."},
        {"limit", "That is more than there can be."},
        {"stop", "It took too long."},
        {"stack", "Functions call each other without an end."},
        {"wsfull", "There is not enough memory."},
        {"insert", "A row with this key exists."},
        {"cast", "This value is not in the enumeration."},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].error, error) == 0)
            return known[i].meaning;
    }
    return strpbrk(error, " \n") ? "" : "Not defined here, or raised by q code.";
}

static void put_error(struct kq_buf *out, const char *error)
{
    kq_buf_puts(out, "<div class=\"error\" role=\"alert\"><pre>&#39;");
    escape(out, error);
    kq_buf_printf(out, "</pre><p>%s</p></div>\n", meaning_of(error));
}

static void put_hint(struct kq_buf *out)
{
    kq_buf_puts(out, "<p class=\"empty\">Type q and press Enter. Shift and Enter begin a new line, "
                     "the arrow keys bring back what was asked before.</p>\n");
}

static void put_result(struct lst_context *c, struct kq_buf *out, const struct lst_page *page)
{
    (void)c;
    if (page->error) {
        put_error(out, page->error);
        return;
    }
    if (!page->result) {
        put_hint(out);
        return;
    }
    put_about(out, page);
    if (kq_is_generic_null(page->result))
        return;
    if (put_table(out, page->result)) {
        kq_buf_puts(out, "<details><summary>As q prints it</summary>\n");
        put_text(out, page->result);
        kq_buf_puts(out, "</details>\n");
    } else {
        put_text(out, page->result);
    }
}

/* ---- slots ------------------------------------------------------------------------------ */

static void put_title(struct lst_context *c, struct kq_buf *out, const struct lst_page *page)
{
    (void)c;
    struct kq_str e = page->expression;
    http_escape_html(out, e.len > 60 ? kq_str(e.s, 60) : e);
    kq_buf_puts(out, e.len ? " \302\267 kq-listen\n" : "kq-listen\n");
}

static void put_server(struct lst_context *c, struct kq_buf *out, const struct lst_page *page)
{
    char host[256] = "localhost";
    (void)page;
    gethostname(host, sizeof host - 1);
    escape(out, host);
    kq_buf_printf(out, ":%u</span> <span>%d connection%s", lst_listeners_port(&c->listeners),
                  c->sessions.count, plural(c->sessions.count));
}

static void put_query(struct lst_context *c, struct kq_buf *out, const struct lst_page *page)
{
    (void)c;
    http_escape_html(out, page->expression);
}

static const struct {
    const char *name;
    void (*put)(struct lst_context *c, struct kq_buf *out, const struct lst_page *page);
} slots[] = {
    {"@title", put_title}, {"@server", put_server}, {"@workspace", put_workspace},
    {"@query", put_query}, {"@result", put_result},
};

void lst_page_put(struct lst_context *c, struct kq_buf *out, const struct lst_page *page)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        bool filled = false;
        for (size_t k = 0; lines[i][0] == '@' && k < sizeof slots / sizeof *slots; k++) {
            if (strcmp(lines[i], slots[k].name) != 0)
                continue;
            /* Line ends around a text area's content would become part of it. */
            if (slots[k].put == put_query && out->len)
                out->len--;
            slots[k].put(c, out, page);
            filled = true;
        }
        if (filled)
            continue;
        kq_buf_puts(out, lines[i]);
        kq_buf_byte(out, '\n');
    }
}
