#!/bin/bash
# Runs every example of the manual pages and reports in TAP.
#
# An example is a literal display (.Bd -literal) of an EXAMPLES section, or a .Dl line there with
# one of our commands.  Each runs in an empty
# folder with a copy of tests/man/files, against a fresh kq-listen that has loaded
# tests/man/files/setup.q if there is one; port 5010 in the text means that server, and so do the
# profiles of tests/man/files/config.  Lines that start with "$ " are commands and what follows
# them is their exact output ("..." stands for any lines); a display without "$ " is one script,
# which must succeed.  Comments in the source before the display change that:
#
#     .\" not run: REASON     the example needs what a test has not
#     .\" no server           nothing listens on the port: the example does it itself
#     .\" status: N           the last command of the example ends with N
set -u
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
build=${KQ_BUILD:-$root/build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One file for each example: the first line is "PAGE:LINE|MARKS", the rest is its text.
extract() {
    awk -v dir="$work" '
    function plain(s) {
        gsub(/\\\(aq/, "\047", s); gsub(/\\\(dq/, "\"", s); gsub(/\\\(ga/, "`", s)
        gsub(/\\\(ti/, "~", s); gsub(/\\\(ha/, "^", s); gsub(/\\&/, "", s); gsub(/\\-/, "-", s)
        gsub(/\\e|\\\(rs/, "\\", s)
        return s
    }
    FNR == 1 || /^\.Sh/ { examples = /^\.Sh EXAMPLES/; marks = "" }
    !examples { next }
    /^\.\\" *(not run|no server|status)/ { sub(/^\.\\" */, ""); marks = marks $0 ";"; next }
    /^\.Bd .*-literal/ { out = sprintf("%s/%04d.example", dir, ++n); print FILENAME ":" FNR "|" marks >out; next }
    /^\.Dl .*kq-(send|listen|dump|pipe)/ {
        one = sprintf("%s/%04d.example", dir, ++n)
        print FILENAME ":" FNR "|" marks "\n" plain(substr($0, 5)) >one
        close(one); marks = ""; next
    }
    /^\.Ed/ { close(out); out = ""; marks = ""; next }
    out && !/^\.\\"/ { print plain($0) >>out }
    ' "$@"
}

start_server() {
    mkfifo "$work/ready"
    local script=()
    [ ! -e setup.q ] || script=(setup.q)
    "$build/kq-listen" --log none --ready-fd 9 "${script[@]}" 9>"$work/ready" >/dev/null 2>"$work/server.err" </dev/null &
    server=$!
    read -r port <"$work/ready" || { cat "$work/server.err"; return 1; }
}

# Replace "$ command" lines by a script that marks where the output of each begins.
run_session() {
    awk '
    function flush() { if (command != "") { printf "printf %s\n%s\n", "\"\\n\\001\\n\"", command; command = "" } }
    /^\$ / { flush(); command = substr($0, 3); more = /[\\|]$/; next }
    more { command = command "\n" $0; more = /[\\|]$/; next }
    { next }
    END { flush() }' example.txt >"$work/session.sh"
    bash -u "$work/session.sh" >"$work/output" 2>&1
    session_status=$?
    # Wanted and got as lists of (output of one command), compared with "..." as a wildcard.
    awk '
    function fail(why) { print "example output differs at line " FNR ": " why; bad = 1; exit 1 }
    NR == FNR { if ($0 == "\001") { n++; next } got[n] = got[n] $0 "\n"; next }
    /^\$ / { check(); k++; want = ""; has = 0; more = /[\\|]$/; next }
    more { more = /[\\|]$/; next }
    { want = want $0 "\n"; has = 1 }
    function check(    g, w, at, part, i, count) {
        if (!k || !has) return
        g = got[k]; w = want
        # Each command is preceded by a newline of ours, which ends the output before it.
        sub(/\n+$/, "\n", g); sub(/\n+$/, "\n", w)
        count = split(w, part, /(^|\n)\.\.\.\n/)
        if (count == 1) { if (g != w) fail("wanted\n" w "got\n" g); return }
        for (i = 1; i <= count; i++) {
            at = part[i] == "" ? 1 : index(g, part[i])
            if (!at || (i == 1 && at != 1)) fail("wanted\n" w "got\n" g)
            g = substr(g, at + length(part[i]))
        }
    }
    END { if (!bad) check() }' "$work/output" example.txt || return 1
    return "$session_status"
}

run_example() {
    local marks=$1 want=0 status
    port=1 server=
    case $marks in *'no server'*) ;; *) start_server || return 1 ;; esac
    [[ $marks =~ status:\ *([0-9]+) ]] && want=${BASH_REMATCH[1]}
    sed -i "s/\b5010\b/$port/g" example.txt
    [ ! -e config ] || { mkdir -p "$XDG_CONFIG_HOME/kq" && sed "s/\b5010\b/$port/g" config >"$XDG_CONFIG_HOME/kq/config"; }
    if grep -q '^\$ ' example.txt; then
        run_session
    else
        bash -u example.txt >"$work/output" 2>&1
    fi
    status=$?
    [ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
    [ "$status" -eq "$want" ] && return 0
    echo "exit status $status, not $want, of:"
    cat example.txt
    echo "which printed:"
    cat "$work/output"
    return 1
}

mapfile -t pages < <(find man -name '*.[157]' 2>/dev/null | sort)
[ ${#pages[@]} -eq 0 ] || extract "${pages[@]}"
[ -x "$build/kq-listen" ] || { echo "ok 1 - examples # SKIP kq-listen is not built"; exit 0; }
export PATH=$build:$PATH
failed=0 n=0
for file in "$work"/*.example; do
    [ -e "$file" ] || break
    n=$((n + 1))
    IFS='|' read -r where marks <"$file"
    if [[ $marks =~ not\ run:\ ([^;]*) ]]; then
        echo "ok $n - $where # SKIP ${BASH_REMATCH[1]}"
        continue
    fi
    scratch=$work/run
    rm -rf "$scratch" "$work/ready"
    mkdir -p "$scratch"
    [ ! -d "$root/tests/man/files" ] || cp -r "$root/tests/man/files/." "$scratch"
    tail -n +2 "$file" >"$scratch/example.txt"
    export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
    if report=$(cd "$scratch" && run_example "$marks"); then
        echo "ok $n - $where"
    else
        echo "not ok $n - $where"
        while IFS= read -r line; do echo "# $line"; done <<<"$report"
        failed=1
    fi
done
[ "$n" -gt 0 ] || echo "ok 1 - examples # SKIP no manual page has any"
exit $failed
