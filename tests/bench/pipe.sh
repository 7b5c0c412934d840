#!/bin/bash
# Trade lines through a fifo into a server that only counts: kq-pipe beside cat, mawk and a program
# that reads, parses and sends exactly these lines with system calls alone.  They take turns, and the
# best round of each counts, since the machine is shared.
set -u
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.bash"
build=$KQ_BUILD
floor=$build/bench/pipe_floor
lines=${BENCH_LINES:-3000000}
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir" || exit 1

"$floor" make "$lines" >trades.csv
mkfifo fifo
"$floor" drain port &
pids+=($!)
until [ -s port ]; do kill -0 "${pids[0]}" || exit 1; done
port=$(cat port)

# millions COMMAND: lines a second, in millions, of the command that reads the fifo.
millions() {
    local start=$EPOCHREALTIME
    cat trades.csv >fifo &
    bash -c "$1" || exit 1
    wait "$!"
    awk -v n="$lines" -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print n / (b - a) / 1e6 }'
}

names=('lines: cat' 'lines: mawk, reading only' 'lines: floor' 'lines: kq-pipe' 'lines: kq-pipe --sync')
commands=('cat fifo >/dev/null' 'mawk "END { print NR }" fifo >/dev/null' "$floor feed $port <fifo"
    "$build/kq-pipe -q -t trade -Y PSFJ :$port fifo"
    "$build/kq-pipe -q --sync -t trade -Y PSFJ :$port fifo")
for ((round = 0; round < 5; round++)); do
    for i in "${!commands[@]}"; do
        millions "${commands[i]}" >>"best.$i"
    done
done
least=$(sort -gr best.2 | head -1)
for i in "${!commands[@]}"; do
    bench_row "${names[i]}" "$(sort -gr "best.$i" | head -1)" M/s "$least"
done
