/*
 * page.c - the style sheet, and text made harmless.
 */
#include "page.h"

#include "base/utf8.h"
#include "stamp.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/*
 * Colours are variables, so that the dark page differs only in them; charts
 * that are too wide for a phone have a narrow twin; on paper nothing is cut.
 */
static const char style[] =
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#182230;--soft:#5d6b82;--line:#e4e8ee;--back:#f5f7fa;"
    "--card:#fff;--a:#2563eb;--b:#0d9488;--bad:#d92d20;--warm:#ea8c0b;--tint:#eef4ff}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#98a5b8;--line:#2a3444;"
    "--back:#0e131a;--card:#161d27;--a:#5b9bff;--b:#2dd4bf;--bad:#ff6b60;--warm:#fbbf24;"
    "--tint:#1a2638}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:24px;max-width:1120px;background:var(--back);color:var(--ink);"
    "font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",sans-serif}\n"
    "h1{font-size:23px;line-height:1.3;margin:0;overflow-wrap:anywhere}\n"
    "h2{font-size:15px;font-weight:650;margin:0 0 10px;display:flex;flex-wrap:wrap;"
    "justify-content:space-between;gap:0 16px}\n"
    "h2 small{font-size:13px;font-weight:400;color:var(--soft)}\n"
    "h2 i{display:inline-block;width:10px;height:10px;border-radius:3px;margin:0 5px 0 12px}\n"
    "header p{color:var(--soft);margin:2px 0 18px}\n"
    "section,.facts div{background:var(--card);border:1px solid var(--line);border-radius:12px}\n"
    "section{padding:16px 18px;margin:0 0 16px;min-width:0;break-inside:avoid}\n"
    ".facts{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:0 0 16px}\n"
    ".facts div{padding:11px 16px}\n"
    ".facts b{display:block;font-size:23px;line-height:1.3;font-weight:650;"
    "font-variant-numeric:tabular-nums}.facts span{color:var(--soft);font-size:13px}\n"
    ".bad b{color:var(--bad)}\n"
    ".findings{background:var(--tint);border-color:transparent}\n"
    ".findings ul{margin:0;padding:0 0 0 18px}.findings li{margin:3px 0}\n"
    "code{font:12.5px/1.5 ui-monospace,\"SF Mono\",Menlo,Consolas,monospace;"
    "overflow-wrap:anywhere}\n"
    ".pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 16px}\n"
    "svg{width:100%;height:auto;display:block}svg.narrow{display:none}\n"
    "svg text{font-size:11.5px;fill:var(--soft);font-variant-numeric:tabular-nums}\n"
    ".mid{text-anchor:middle}.end{text-anchor:end}\n"
    ".grid{stroke:var(--line);fill:none}.heat,.bar{fill:var(--a)}.heat{shape-rendering:crispEdges}"
    "\n"
    ".p50,.p99{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}\n"
    ".p50{stroke:var(--b)}.p99{stroke:var(--warm)}.mark{stroke-dasharray:4 3}\n"
    ".area0{fill:var(--a);fill-opacity:.75}.area1{fill:var(--b);fill-opacity:.55}\n"
    ".area2{fill:var(--bad)}.hit path{fill:transparent}"
    ".hit path:hover{fill:var(--ink);fill-opacity:.12}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:13px}\n"
    "th{text-align:right;font-weight:500;color:var(--soft);padding:4px 9px;white-space:nowrap}\n"
    "td{text-align:right;padding:6px 9px;border-top:1px solid var(--line);white-space:nowrap;"
    "font-variant-numeric:tabular-nums;vertical-align:top}\n"
    "th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}\n"
    "td.l,th.l{text-align:left}\n"
    "td.q,th.q{text-align:left;white-space:normal;min-width:230px;width:99%}\n"
    ".share{display:block;height:4px;border-radius:2px;background:var(--a);margin:4px 0 1px}\n"
    ".some{color:var(--bad)}.none{color:var(--soft);margin:0}\n"
    "@media(max-width:700px){body{padding:14px}.facts{grid-template-columns:1fr 1fr;gap:8px}"
    ".facts b{font-size:19px}.pair{display:block}section{padding:13px 14px;margin:0 0 12px}"
    "svg.wide{display:none}svg.narrow{display:block}svg text{font-size:14px}"
    "td.q,th.q{min-width:150px}}\n"
    "@media print{:root{--ink:#000;--soft:#444;--line:#ccc;--back:#fff;--card:#fff;--tint:#f3f3f3;"
    "--a:#2563eb;--b:#0d9488;--bad:#d92d20;--warm:#ea8c0b}"
    "body{padding:0;font-size:12px;max-width:none;print-color-adjust:exact;"
    "-webkit-print-color-adjust:exact}section{padding:10px 12px;margin:0 0 10px}"
    ".facts{grid-template-columns:repeat(4,1fr)}.facts div{padding:6px 12px}.facts b{font-size:17px}"
    ".pair{display:grid}"
    "svg.wide{display:block}svg.narrow{display:none}.tall{break-inside:auto}tr{break-inside:avoid}"
    "table{font-size:10px}td,th{padding:3px 5px}code{font-size:9.5px}td.q,th.q{min-width:0}"
    ".scroll{overflow:visible}}\n"
    "</style>\n";

void dump_page_begin(struct kq_out *o, const char *title)
{
    kq_out_puts(o, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                   "<title>kdb+ traffic: ");
    dump_page_text(o, title, strlen(title));
    kq_out_puts(o, "</title>\n");
    kq_out_puts(o, style);
    kq_out_puts(o, "</head><body>\n");
}

void dump_page_end(struct kq_out *o)
{
    kq_out_puts(o, "</body></html>\n");
}

/* Characters that would turn the direction of the text around them. */
static bool is_turning(uint32_t cp)
{
    return cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

/* A character that is not a plain one, as a number; returns its bytes. */
static size_t put_special(struct kq_out *o, const char *s, size_t n)
{
    uint32_t cp;
    size_t len = kq_utf8_decode(s, n, &cp);
    if (!len || is_turning(cp))
        cp = 0xfffd;
    else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
        cp = ' ';
    kq_out_printf(o, "&#%u;", (unsigned)cp);
    return len ? len : 1;
}

void dump_page_text(struct kq_out *o, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        switch (s[i]) {
        case '<': kq_out_puts(o, "&lt;"); break;
        case '>': kq_out_puts(o, "&gt;"); break;
        case '&': kq_out_puts(o, "&amp;"); break;
        case '"': kq_out_puts(o, "&quot;"); break;
        default:
            if (s[i] < 0x20 || s[i] == 0x7f) {
                i += put_special(o, s + i, n - i);
                continue;
            }
            kq_out_char(o, s[i]);
        }
        i++;
    }
}

void dump_page_span(struct kq_out *o, int64_t ns)
{
    if (ns < 0 || ns >= 999500) {
        dump_span_put(o, ns);
        return;
    }
    dump_page_count(o, ((uint64_t)ns + 500) / 1000);
    kq_out_puts(o, "\302\265s");
}

void dump_page_count(struct kq_out *o, uint64_t v)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            kq_out_char(o, ',');
        kq_out_char(o, text[i]);
    }
}

void dump_page_percent(struct kq_out *o, double part, double whole)
{
    double p = 100 * part / whole;
    if (whole > 0)
        kq_out_printf(o, p < 9.95 ? "%.1f\302\240%%" : "%.0f\302\240%%", p);
}
