#!/bin/bash
# kq-dump beside a bare libpcap loop, tcpdump and tshark, on a capture of many connections and
# messages of mixed sizes and on one of tiny messages; and on a log of the same tiny messages,
# beside cat.  All take turns, and the best round of each counts, since the machine is shared.
set -u
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.bash"
build=$KQ_BUILD
bin=$build/bench
rounds=${BENCH_ROUNDS:-5}
mixed_mb=${BENCH_MIXED_MB:-500}
tiny_mb=${BENCH_TINY_MB:-100}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
[ -x "$build/kq-dump" ] || exit 0

# best FILE COLUMN: the least figure in that column.
best() {
    awk -v c="$2" 'NR == 1 || $c < least { least = $c } END { print least }' "$1"
}

# compare TITLE: runs the commands of `names` and `commands` in turn, the first being the floor of
# the others.  A name ends in "@goal" where there is a goal: the ratio to the floor, or, for
# "@tcpdump:goal", to tcpdump.
compare() {
    local i round name goal floor value memory
    rm -f round.*
    for ((round = 0; round < rounds; round++)); do
        for i in "${!commands[@]}"; do
            # Slow ones need no more than one.
            case ${names[i]} in tshark*) [ "$round" -eq 0 ] || continue ;; esac
            # shellcheck disable=SC2086
            "$bin/usage" ${commands[i]} >>"round.$i" || exit 1
        done
    done
    for i in "${!commands[@]}"; do
        IFS=@ read -r name goal <<<"${names[i]}"
        value=$(best "round.$i" 1)
        memory=$(best "round.$i" 2)
        [ "$i" -gt 0 ] || floor=$value
        case $name in tcpdump*) tcpdump=$value ;; esac
        case $goal in
            tcpdump:*) bench_row "$1: $name / tcpdump" "$value" s "$tcpdump" "${goal#*:}" ;;
            *) bench_row "$1: $name" "$value" s "$floor" "$goal" ;;
        esac
        case $name in kq-dump*) bench_row "$1: $name: memory" "$memory" MB 0 32 ;; esac
    done
}

captures() {
    names=('libpcap loop') commands=("$bin/floor_dump $1")
    if command -v tcpdump >/dev/null; then
        names+=('tcpdump -n') commands+=("tcpdump -nr $1")
        names+=("kq-dump --width=160@tcpdump:$2")
    else
        names+=('kq-dump --width=160')
    fi
    commands+=("$build/kq-dump --width=160 $1")
    names+=('kq-dump') commands+=("$build/kq-dump $1")
    names+=('kq-dump --stats@1.5') commands+=("$build/kq-dump -F none --stats $1")
    names+=('kq-dump -F jsonl') commands+=("$build/kq-dump -F jsonl $1")
    if command -v tshark >/dev/null; then
        names+=('tshark') commands+=("tshark -n -r $1")
    fi
}

"$bin/dump_capture" mixed.pcap "$mixed_mb" mixed 2>/dev/null || exit 1
captures mixed.pcap 0.2
compare "capture, mixed"
rm mixed.pcap

"$bin/dump_capture" tiny.pcap "$tiny_mb" tiny 2>/dev/null || exit 1
"$build/kq-dump" -F tplog -o tiny.log tiny.pcap || exit 1
captures tiny.pcap ''
compare "capture, tiny"

names=(cat 'kq-dump --check' 'kq-dump --stats' 'kq-dump --fn -F none' kq-dump)
commands=('cat tiny.log' "$build/kq-dump --check tiny.log" "$build/kq-dump -F none --stats tiny.log"
    "$build/kq-dump --fn .u.upd -F none tiny.log" "$build/kq-dump tiny.log")
compare "log, tiny"
