#!/usr/bin/env bats
# kq-dump --report and --stats of an hour of traffic (tests/cli/hour.c).

load common

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    hour hour.pcap
    kq-dump -F none --report hour.html --stats=json --by query hour.pcap 2>stats.json
    kq-dump -F jsonl hour.pcap >hour.jsonl
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
}

# count PATTERN: how often it is in the page.
count() {
    grep -o -- "$1" hour.html | wc -l
}

# fact NAME: the big number above that name.
fact() {
    sed -n "s|^<div[^>]*><b>\(.*\)</b><span>$1</span></div>\$|\1|p" hour.html
}

# stat NAME: a number of all in --stats=json.
stat() {
    grep -o "\"$1\":[0-9]*" stats.json | head -1 | cut -d: -f2
}

# A number with a comma between thousands.
grouped() {
    sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta' <<<"$1"
}

@test "the page needs nothing from elsewhere and runs nothing" {
    run grep -Eio '(src|href|action|http-equiv)=|://|url\(|@import|<(script|link|iframe|object|embed|img|form)| on[a-z]+=' hour.html
    assert_failure 1
    assert_output ''
}

@test "what is opened is closed, and no number is none" {
    local tag
    for tag in html head body style header section svg g table thead tbody ul li h2 code title text; do
        assert_equal "$tag $(count "<${tag}[ >]")" "$tag $(count "</$tag>")"
    done
    run grep -Ei '[ "(,MmLlHhVv-](nan|inf)' hour.html
    assert_failure 1
}

@test "the numbers are those of --stats and of the messages" {
    assert_equal "$(fact messages)" "$(grouped "$(grep -vc '"note":' hour.jsonl)")"
    assert_equal "$(fact requests)" "$(grouped "$(grep -c '"kind":"sync"' hour.jsonl)")"
    assert_equal "$(fact requests)" "$(grouped "$(stat sync)")"
    assert_equal "$(fact errors)" "$(grep -c '"error":"' hour.jsonl)"
    assert_equal "$(fact errors)" "$(stat errors)"
    assert_equal "$(fact connections)" 16
    assert_equal "$(fact 'without an answer')" 2
    # Every interval's errors add up to all of them.
    run awk '/aria-label="errors over time"/ { on = 1 } on && match($0, /: [0-9]+ errors/) {
        n += substr($0, RSTART + 2) } /<\/svg>/ { on = 0 } END { print n }' hour.html
    assert_output "$(stat errors)"
}

@test "what stands out is said first" {
    run sed -n '/class="findings"/,/<\/section>/p' hour.html
    assert_output --regexp '<b>Slow from 09:3[45]:[0-9]{2} to 09:43:[0-9]{2}</b>: the median'
    assert_output --partial 'went into 64 calls of <code>select count i by sym, ? xbar time from trade</code>'
    assert_output --partial "<b>$(stat errors) requests failed</b>, most often <code>type</code> from"
    assert_output --partial '<b>2 requests</b> have no answer'
}

@test "the table of --stats fits a terminal of 80 columns, and leaves out what would be empty" {
    local by
    for by in fn conn user table query; do
        run script -qec "COLUMNS=80 kq-dump -F none --progress=never --stats --by $by hour.pcap 2>&1" /dev/null </dev/null
        assert_success
        assert_line --regexp "^  count errors   bytes ratio   total     p50     p95     p99     max  $by"
        assert_equal "$(printf '%s\n' "${lines[@]%$'\r'}" | LC_ALL=C awk 'length($0) > 80')" ''
    done
    # A name that does not fit beside its numbers stands above them.
    assert_line --regexp '^select count i by sym, \? xbar time from trade.?$'
    assert_line --regexp '^     64      0 16\.1 MB   2\.4 '
    run kq-dump -F none --stats --kind async hour.pcap
    assert_line --regexp '^  count errors   bytes  fn$'
    refute_output --partial slowest
}

@test "what a peer sent stays text" {
    run grep -c '&lt;script&gt;' hour.jsonl
    assert_output 0
    run kq-dump -F none --report hostile.html -m '<script>' hour.pcap
    assert_success
    run grep -o 'note like.*' hostile.html
    assert_output --partial "&lt;script&gt;alert('&amp;')&lt;/script&gt;"
    refute_output --partial '<script'
}

@test "a capture with nothing in it is a page, too" {
    head -c 24 hour.pcap >empty.pcap
    run kq-dump -F none --report empty.html empty.pcap
    assert_success
    run cat empty.html
    assert_output --partial 'No response was seen together with its request.'
    assert_output --partial 'No errors, no slow time'
    refute_output --regexp '[ "(,MmLlHhVv-](nan|inf)'
}

@test "a log without connections and times is a page, too" {
    kq-dump -F tplog --kind async -c 10 hour.pcap >some.log
    run kq-dump -F none --report log.html some.log
    assert_success
    run cat log.html
    assert_output --partial '<b>10</b><span>messages</span>'
    assert_output --partial '<b>0</b><span>connections</span>'
    assert_output --partial 'No times are known.'
    refute_output --partial '(none)'
}

# Looks at the page as it is laid out and says in its title what is wrong.
checker='<script>
const bad = [], seen = e => e.getClientRects().length > 0;
if (document.documentElement.scrollWidth > innerWidth) bad.push("wider than the screen");
const charts = [...document.querySelectorAll("svg")].filter(seen);
if (charts.length < 4) bad.push(charts.length + " charts");
for (const svg of charts) {
    const name = svg.getAttribute("aria-label") + ": ", box = svg.getBoundingClientRect();
    const inside = r => r.left > box.left - 2 && r.right < box.right + 2 && r.top > box.top - 2 &&
        r.bottom < box.bottom + 2;
    for (const p of svg.querySelectorAll("path"))
        if (!inside(p.getBoundingClientRect())) bad.push(name + "drawn outside");
    const texts = [...svg.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()]);
    if (texts.length < 4) bad.push(name + "few labels");
    for (const [t, r] of texts) {
        if (!inside(r)) bad.push(name + t + " sticks out");
        if (r.height < 8) bad.push(name + t + " is too small to read");
        for (const [u, s] of texts)
            if (r !== s && r.left < s.right && s.left < r.right && r.top < s.bottom - 3 && s.top < r.bottom - 3)
                bad.push(name + t + " is upon " + u);
    }
}
document.title = bad.length ? [...new Set(bad)].slice(0, 5).join("; ") : "laid out well at " + innerWidth;
</script>'

# laid_out PAGE WIDTH: the title that the checker gives it.
laid_out() {
    { cat "$1"; echo "$checker"; } >checked.html
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$BATS_TEST_TMPDIR/profile" --window-size="$2,1500" --dump-dom \
        "file://$PWD/checked.html" </dev/null 2>browser.err 3>&- |
        sed -n 's|.*<title>\(laid out[^<]*\)</title>.*|\1|p;t;s|^<title>\([^<]*\)</title>.*|\1|p'
}

find_browser() {
    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
        skip "no chromium"
}

@test "a browser lays it out without anything cut or covered, on a screen and on a phone" {
    find_browser
    run laid_out hour.html 1200
    assert_output 'laid out well at 1200'
    run laid_out hour.html 500
    assert_output 'laid out well at 500'
}

@test "a capture of a few milliseconds has readable axes, too" {
    find_browser
    kq-dump -F none --report short.html --from 2024-01-02T09:30:00 --to 2024-01-02T09:30:02 hour.pcap
    run laid_out short.html 1200
    assert_output 'laid out well at 1200'
}
