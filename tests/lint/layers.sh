#!/bin/bash
# The folder is the layer: a file includes its own folder and lower floors only, outside libraries
# stay where they belong, and modules (x.c and x.h are one) do not include each other in a circle.
set -u
cd "$(dirname "$0")/../.." || exit 2
edges=$(mktemp)
trap 'rm -f "$edges"' EXIT

mapfile -t files < <(find libcommon cmd -name '*.[ch]' -o -name '*.def' 2>/dev/null | sort)
bad=0

awk -v edges="$edges" '
BEGIN {
    split("base 0 obj 1 wire 2 text 2 net 3 cli 4", words, " ")
    for (i = 1; i in words; i += 2) floor[words[i]] = words[i + 1]
    # Which outside headers may be used where: the first pattern that fits the header decides.
    allow("event2/", "^(libcommon/net|cmd/[^/]*)/[^/]*$")
    allow("openssl/", "^libcommon/net/tls[^/]*[.]c$")
    allow("zlib[.]h", "^libcommon/base/gz[.]c$")
    allow("(sys/socket|sys/un|netdb|netinet/.*|arpa/.*|net/if.*)[.]h", "^(libcommon/net|cmd/[^/]*)/[^/]*$")
    allow("pcap", "^cmd/kq-dump/")
    allow("wslay/", "^cmd/kq-listen/[^/]*$")
    allow("jansson", "^(libcommon/text/jsonobj[.]c|cmd/kq-(listen|pipe)/[^/]*)$")
    allow("histedit|editline", "^cmd/kq-send/")
    for (i = 1; i < ARGC; i++) exists[ARGV[i]] = 1
}
function allow(header, where) { headers[++nrules] = header; places[nrules] = where }
function wrong(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; bad = 1 }
function module(path) { sub(/[.][^.\/]*$/, "", path); return path }

FNR == 1 {
    split(FILENAME, part, "/")
    top = part[1]; room = part[2]
    own = top == "cmd" ? "cmd/" room "/" : "libcommon/"
    evaluator = FILENAME ~ /^cmd\/kq-listen\/q\//
    if (top == "libcommon" && !(room in floor)) wrong("libcommon/" room " has no floor")
}
/^[ \t]*#[ \t]*include[ \t]*</ {
    name = $0; sub(/^[^<]*</, "", name); sub(/>.*/, "", name)
    for (i = 1; i <= nrules; i++)
        if (name ~ "^(" headers[i] ")") {
            if (FILENAME !~ places[i]) wrong("<" name "> does not belong here")
            break
        }
    next
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    name = $0; sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
    if (name ~ /^gen\//) next
    split(name, to, "/")
    if (name ~ /[.][.]?\//) { wrong("\"" name "\" is relative"); next }
    if (top == "cmd" && (own name) in exists) {
        target = own name
        if (("libcommon/" name) in exists) wrong("\"" name "\" could also be libcommon/" name)
        if (evaluator && to[1] != "q") wrong("the evaluator includes the tool: \"" name "\"")
    } else if (("libcommon/" name) in exists) {
        target = "libcommon/" name
        if (top == "libcommon" && to[1] != room && floor[to[1]] >= floor[room])
            wrong(room " (floor " floor[room] ") includes " to[1] " (floor " floor[to[1]] "): \"" name "\"")
        if (evaluator && floor[to[1]] > 2) wrong("the evaluator includes " to[1] ": \"" name "\"")
    } else {
        wrong("no such header in " own " or below: \"" name "\"")
        next
    }
    if (module(target) != module(FILENAME)) {
        print module(FILENAME), module(target) >edges
        printf "%s %s %s:%d\n", module(FILENAME), module(target), FILENAME, FNR >(edges ".where")
    }
}
END { exit bad }
' "${files[@]}" </dev/null || bad=1

# tsort names the modules of each circle, one on a line, after a line that says so.
loop=$(tsort "$edges" 2>&1 >/dev/null | awk '/loop:/ { next } { print $NF }' | sort -u)
if [ -n "$loop" ]; then
    echo "these modules include each other in a circle:"
    awk 'NR == FNR { in_loop[$1] = 1; next } ($1 in in_loop) && ($2 in in_loop) { print $3 ": includes " $2 }' \
        <(echo "$loop") "$edges.where" | sort -u
    bad=1
fi
rm -f "$edges.where"
exit $bad
