/*
 * page.c - copies the lines of page.html; a line "@name" is a slot.
 */
#include "page.h"

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

/* "3 rows", "keyed, 3 rows", "3 longs", "long", "lambda". */
static void describe(struct kq_buf *out, const struct kq_obj *x)
{
    int64_t n = kq_count(x);
    const struct kq_typeinfo *t = kq_typeinfo(x->type);
    if (kq_is_keyed(x))
        kq_buf_puts(out, "keyed, ");
    if (is_table(x))
        put_count(out, n, "row");
    else if (kq_is_dict(x))
        put_count(out, n, "key");
    else if (x->type == KQ_LAMBDA)
        kq_buf_puts(out, "lambda");
    else if (kq_type_is_func(x->type))
        kq_buf_puts(out, kq_is_generic_null(x) ? "nothing" : "function");
    else if (x->type == KQ_LIST || !t->name)
        put_count(out, n, "item");
    else if (x->type < 0)
        kq_buf_puts(out, t->name);
    else
        put_count(out, n, t->name);
}

/* ---- workspace ------------------------------------------------------------------------ */

enum kind { TABLES, VARIABLES, FUNCTIONS, KINDS };

static enum kind kind_of(const struct kq_obj *x)
{
    if (is_table(x))
        return TABLES;
    return kq_type_is_func(x->type) ? FUNCTIONS : VARIABLES;
}

static void put_name(struct kq_buf *out, const char *name, const struct kq_obj *x)
{
    kq_buf_puts(out, "<li><a href=\"/?");
    http_escape_url(out, kq_strz(name));
    kq_buf_puts(out, "\"><span class=\"name\">");
    escape(out, name);
    kq_buf_puts(out, "</span><span class=\"what\">");
    describe(out, x);
    kq_buf_puts(out, "</span></a></li>\n");
}

static void put_kind(struct lst_context *c, struct kq_buf *out, const struct kq_obj *names,
                     enum kind kind)
{
    static const char *const titles[] = {"Tables", "Variables", "Functions"};
    int shown = 0;
    for (int64_t i = 0; i < names->n && shown < NAMES_MAX; i++) {
        const char *name = kq_syms(names)[i];
        struct kq_obj *x = *name ? q_global(c->q, name) : NULL;
        if (x && kind_of(x) == kind) {
            if (!shown++)
                kq_buf_printf(out, "<h2>%s</h2>\n<ul>\n", titles[kind]);
            put_name(out, name, x);
        }
        kq_unref(x);
    }
    if (shown)
        kq_buf_puts(out, "</ul>\n");
}

static void put_workspace(struct lst_context *c, struct kq_buf *out)
{
    static const char ask[] = "key`.";
    struct kq_obj *names = q_eval_text(c->q, ask, sizeof ask - 1);
    if (names && names->type == KQ_SYMBOL && names->n) {
        for (int kind = 0; kind < KINDS; kind++)
            put_kind(c, out, names, (enum kind)kind);
    } else {
        kq_buf_puts(out, "<h2>Workspace</h2>\n<p>Empty. Try <code>t:([]a:1 2;b:`x`y)</code></p>\n");
    }
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

static void put_cell(struct kq_buf *out, struct kq_elems *e, int64_t i, const char *class)
{
    struct kq_out text;
    kq_out_init_mem(&text);
    kq_elems_put(e, &text, i);
    kq_buf_printf(out, "<td%s>", class);
    http_escape_html(out, kq_str(text.buf, text.len));
    kq_buf_puts(out, "</td>");
    kq_out_release(&text);
}

static void put_head(struct kq_buf *out, const struct kq_rows *r, const char *const *classes)
{
    kq_buf_puts(out, "<thead><tr>");
    for (int64_t j = 0; j < r->ncols; j++) {
        kq_buf_printf(out, "<th%s>", classes[j]);
        http_escape_html(out, r->names[j]);
        kq_buf_puts(out, "</th>");
    }
    kq_buf_puts(out, "</tr></thead>\n<tbody>\n");
}

static void put_rows(struct kq_buf *out, const struct kq_rows *r, int64_t keys)
{
    struct kq_style style = kq_style_default;
    struct kq_elems *cols = calloc((size_t)r->ncols, sizeof *cols);
    const char **classes = calloc((size_t)r->ncols, sizeof *classes);
    style.times = KQ_TIMES_Q;
    style.max_items = 100;
    style.depth = 10;
    for (int64_t j = 0; cols && classes && j < r->ncols; j++) {
        if (!kq_elems_init(&cols[j], r->cols[j], KQ_FORM_BARE, &style))
            cols[j].put = put_item;
        cols[j].x = r->cols[j];
        classes[j] = is_number(r->cols[j]) ? " class=\"number\"" : j < keys ? " class=\"key\"" : "";
    }
    if (cols && classes) {
        put_head(out, r, classes);
        for (int64_t i = 0; i < r->n && i < ROWS_MAX; i++) {
            kq_buf_puts(out, "<tr>");
            for (int64_t j = 0; j < r->ncols; j++)
                put_cell(out, &cols[j], i, classes[j]);
            kq_buf_puts(out, "</tr>\n");
        }
    }
    free(classes);
    free(cols);
}

static bool put_table(struct kq_buf *out, const struct kq_obj *x)
{
    struct kq_rows r;
    if (!is_table(x) || !kq_rows_init(&r, x))
        return false;
    kq_buf_puts(out, "<div class=\"scroll\"><table>");
    put_rows(out, &r, kq_is_dict(x) ? kq_names(kq_keys(x))->n : 0);
    kq_buf_puts(out, "</tbody></table></div>\n");
    kq_rows_release(&r);
    return true;
}

static void put_text(struct kq_buf *out, const struct kq_obj *x)
{
    struct kq_style style = kq_style_default;
    struct kq_out text;
    style.rows = TEXT_ROWS;
    style.columns = TEXT_COLUMNS;
    kq_out_init_mem(&text);
    kq_console(&text, x, &style);
    kq_buf_puts(out, "<div class=\"scroll\"><pre>");
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
    if (is_table(page->result) && n > ROWS_MAX)
        kq_buf_printf(out, "<span>the first %d are shown</span>", ROWS_MAX);
    if (page->elapsed_ns < 1000000)
        kq_buf_printf(out, "<span>%.0f \302\265s</span>", (double)page->elapsed_ns / 1000);
    else
        kq_buf_printf(out, "<span>%.1f ms</span>", (double)page->elapsed_ns / 1000000);
    put_links(out, page->expression);
    kq_buf_puts(out, "</div>\n");
}

static void put_result(struct lst_context *c, struct kq_buf *out, const struct lst_page *page)
{
    (void)c;
    if (page->error) {
        kq_buf_puts(out, "<div class=\"about\"><span>error</span></div>\n"
                         "<div class=\"scroll\"><pre class=\"error\">&#39;");
        escape(out, page->error);
        kq_buf_puts(out, "</pre></div>\n");
    } else if (page->result) {
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
    kq_buf_printf(out, ":%u, %d connection%s", lst_listeners_port(&c->listeners), c->sessions.count,
                  plural(c->sessions.count));
}

static void put_list(struct lst_context *c, struct kq_buf *out, const struct lst_page *page)
{
    (void)page;
    put_workspace(c, out);
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
    {"@title", put_title}, {"@server", put_server}, {"@workspace", put_list},
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
