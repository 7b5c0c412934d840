#!/bin/bash
# The IPC tools beside programs of nothing but system calls.
#
# kq-send asks the bare server, so that only the client differs from the floor's.
set -u
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.bash"
build=$KQ_BUILD
floor=$build/bench/ipc_floor
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir" || exit 1

# wait_file FILE: print its content once the server there has written it.
wait_file() {
    until [ -s "$1" ]; do kill -0 "${pids[-1]}" || exit 1; done
    cat "$1"
}

"$floor" serve floor.port &
pids+=($!)
bare=$(wait_file floor.port)

# seconds COMMAND...: wall time with output thrown away.
seconds() {
    local start=$EPOCHREALTIME
    "$@" >/dev/null || exit 1
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

# pair NAME UNIT SCALE FLOOR-COMMAND TOOL-COMMAND [ROUNDS]: rows for both, value = SCALE applied to
# the best seconds ("n/s" scales to a rate).
pair() {
    local name=$1 unit=$2 scale=$3 rounds=${6:-5} a=() b=()
    for ((i = 0; i < rounds; i++)); do
        a+=("$(seconds bash -c "$4")")
        b+=("$(seconds bash -c "$5")")
    done
    local best_a best_b
    best_a=$(printf '%s\n' "${a[@]}" | sort -g | head -1)
    best_b=$(printf '%s\n' "${b[@]}" | sort -g | head -1)
    best_a=$(awk -v s="$best_a" "BEGIN { print $scale }")
    best_b=$(awk -v s="$best_b" "BEGIN { print $scale }")
    bench_row "$name: floor" "$best_a" "$unit"
    bench_row "$name" "$best_b" "$unit" "$best_a"
}

if [ -x "$build/kq-send" ]; then
    for round in 1 2 3; do
        "$build/bench/spawn" 500 "$floor" oneshot "$bare" >"floor.$round"
        "$build/bench/spawn" 500 "$build/kq-send" ":$bare" 2+2 >"tool.$round"
    done
    least=$(sort -g floor.[123] | head -1)
    bench_row 'one-shot query: floor' "$least" us
    bench_row 'one-shot query: kq-send' "$(sort -g tool.[123] | head -1)" us "$least"
    yes 2+2 | head -100000 >queries
    yes 2+2 | head -1000000 >many
    pair 'round trips: kq-send -l' k/s '100 / s' \
        "$floor queries $bare 100000 1" "$build/kq-send -l :$bare <queries"
    pair 'round trips: kq-send -l -P 32' k/s '1000 / s' \
        "$floor queries $bare 1000000 32" "$build/kq-send -l -P 32 :$bare <many"
fi
