#!/bin/bash
# The long options of every tool are the same in --help, the manual page and the three completions.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${KQ_BUILD:-build}
bad=0

# An option of --help stands at the start of its line; what follows two blanks is explanation.
of_help() { "$1" --help | sed -nE 's/^ {1,10}(-.*)/\1/p' | sed -E 's/ {2,}.*//' | grep -oE -- '--[a-z0-9][a-z0-9-]*'; }
# The others are called through compare.
# shellcheck disable=SC2317
of_man() { sed -nE '/^\.It/p' "$1" | grep -oE 'Fl \\?-[a-z0-9][a-z0-9-]*' | sed -E 's/^Fl \\?-/--/'; }
# shellcheck disable=SC2317
of_words() { grep -oE -- '(^|[^a-z0-9-])--[a-z0-9][a-z0-9-]*' "$1" | sed -E 's/^[^-]//'; }
# shellcheck disable=SC2317
of_fish() { grep -oE -- ' -l [a-z0-9][a-z0-9-]*' "$1" | sed 's/^ -l /--/'; }

# compare TOOL FILE EXTRACTOR: both ways
compare() {
    if [ ! -e "$2" ]; then
        echo "$2:1: missing"
        bad=1
        return
    fi
    local lost extra
    lost=$(comm -23 "$want" <("$3" "$2" | sort -u) | tr '\n' ' ')
    extra=$(comm -13 "$want" <("$3" "$2" | sort -u) | tr '\n' ' ')
    [ -z "$lost" ] || { echo "$2:1: $1 --help has, this has not: $lost"; bad=1; }
    [ -z "$extra" ] || { echo "$2:1: this has, $1 --help has not: $extra"; bad=1; }
}

# same TOOL SHELL FILE: the file is what the tool prints
same() {
    "$build/$1" -C "$2" | cmp -s - "$3" || { echo "$3:1: is not what $1 -C $2 prints: make completions"; bad=1; }
}

want=$(mktemp)
trap 'rm -f "$want"' EXIT
missing=
for tool in kq-send kq-listen kq-dump kq-pipe; do
    [ -x "$build/$tool" ] || { missing="$missing $tool"; continue; }
    of_help "$build/$tool" | sort -u >"$want"
    [ -s "$want" ] || { echo "$build/$tool: --help shows no options"; bad=1; continue; }
    compare "$tool" "man/$tool.1" of_man
    same "$tool" bash "completions/$tool.bash"
    same "$tool" zsh "completions/_$tool"
    same "$tool" fish "completions/$tool.fish"
    compare "$tool" "completions/$tool.bash" of_words
    compare "$tool" "completions/_$tool" of_words
    compare "$tool" "completions/$tool.fish" of_fish
done
[ -z "$missing" ] || echo "options.sh: not built, skipped:$missing" >&2
exit $bad
