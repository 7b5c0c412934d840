#!/bin/bash
# Trade lines through a fifo into a server that only counts: kq-pipe beside cat, a getline loop, mawk
# and a program that reads, parses and sends exactly these lines with system calls alone.  They take
# turns, and the best round of each counts, since the machine is shared.  Processor time is what the
# feeder itself used.  Then memory, also with more than a server takes, and lateness.
set -u
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.bash"
build=$KQ_BUILD
floor=$build/bench/pipe_floor
pipe="$build/kq-pipe -q -t trade -Y PSFJ"
lines=${BENCH_LINES:-10000000}
rounds=${BENCH_ROUNDS:-5}
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir" || exit 1

"$floor" make "$lines" >trades.csv
mkfifo fifo

# serve MODE: pipe_floor's server in the background; sets port.
serve() {
    rm -f port port.sock
    "$floor" "$1" port >"$1.out" &
    pids+=($!)
    until [ -s port ]; do kill -0 "${pids[-1]}" || exit 1; done
    port=$(cat port)
}
serve drain

# measure N COMMAND: append millions of lines a second to wall.N, ns of processor time a line to cpu.N.
measure() {
    local start=$EPOCHREALTIME end cpu TIMEFORMAT='%U %S'
    cat trades.csv >fifo &
    cpu=$({ time bash -c "exec $2" >&2; } 2>&1) || exit 1
    end=$EPOCHREALTIME
    wait "$!"
    awk -v n="$lines" -v a="$start" -v b="$end" 'BEGIN { print n / (b - a) / 1e6 }' >>"wall.$1"
    awk -v n="$lines" '{ print ($1 + $2) * 1e9 / n }' <<<"$cpu" >>"cpu.$1"
}

names=('cat' 'getline loop' 'mawk, reading only' 'floor' 'kq-pipe' 'floor, Unix socket'
    'kq-pipe, Unix socket' 'kq-pipe --sync')
commands=('cat fifo >/dev/null' "$floor count <fifo" 'mawk "END { print NR > \"/dev/null\" }" fifo'
    "$floor feed $port <fifo" "$pipe :$port fifo" "$floor feed ./port.sock <fifo"
    "$pipe unix://$dir/port.sock fifo" "$pipe --sync :$port fifo")
for ((round = 0; round < rounds; round++)); do
    for i in "${!commands[@]}"; do
        measure "$i" "${commands[i]}"
    done
done
best() { sort "$1" "$2" | head -n 1; }
for i in "${!commands[@]}"; do
    bench_row "lines: ${names[i]}" "$(best -gr "wall.$i")" M/s "$(best -gr wall.3)"
done
for i in 3 4 5 6; do
    bench_row "processor: ${names[i]}" "$(best -g "cpu.$i")" ns/line "$(best -g cpu.3)"
done

cat trades.csv >fifo &
# shellcheck disable=SC2086
bench_row 'memory: kq-pipe' "$("$floor" size $pipe ":$port" fifo)" MB
# A server that never answers: memory is bounded by --buffer.
# shellcheck disable=SC2086
bench_row 'memory: kq-pipe, 30 MB unconfirmed' \
    "$("$floor" size bash -c "$pipe --buffer 30M --ack-every 1000000 --drain 1ms -c 1200000 :$port trades.csv 2>/dev/null; exit 0")" MB

serve late
# shellcheck disable=SC2086
"$floor" pace 30000 10000 | $pipe --linger 5ms --stats=json ":$port" 2>stats
wait "${pids[-1]}"
bench_row 'row to server, 99 %, --linger 5ms, 10 k/s' "$(cat late.out)" ms
bench_row 'batch to confirmation, 99 %' "$(sed 's/.*"p99":\([0-9.]*\).*/\1/' stats)" ms
