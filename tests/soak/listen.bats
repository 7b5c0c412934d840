#!/usr/bin/env bats
# listen.bats - kq-listen for long: connections without number, with the memory that they leave.
#
# CONNECTIONS (1000000) is how many come one after the other; a tenth of them is left in the middle
# of something.  IDLE (9900, as far as the limit of descriptors allows) stay at the same time.

# start_listen sets port and server.
# shellcheck disable=SC2154,SC2034

load ../cli/common
load ../cli/crowd

figures() { echo "# $*" >&3; }

setup() {
    servers=()
    cd "$BATS_TEST_TMPDIR" || return 1
    connections=${CONNECTIONS:-1000000}
    room=$(($(ulimit -Hn) - 100))
    idle=${IDLE:-9900}
    [ "$idle" -le "$room" ] || idle=$room
}

@test "connections one after the other leave no memory and no descriptor behind" {
    start_listen --log none --max-conns 0
    crowd "$port" churn 10000
    crowd "$port" drop 10000
    before=$(memory)
    for part in 1 2 3 4 5 6 7 8 9 10; do
        crowd "$port" churn $((connections / 10))
        crowd "$port" drop $((connections / 100))
        figures "$((connections * part / 10)) connections: $(memory) kB, $before at first"
    done
    until [ "$(kq-send ":$port" 'count .z.W')" = 1 ]; do :; done
    grew_less_than 2000 "$before"
    [ "$(find "/proc/$server/fd" -type l | wc -l)" -lt 30 ]
    stop_listen
}

@test "messages without number on one connection, through every kind of answer" {
    start_listen --log none
    ask() { yes $'2+2\ntil 10\n1+`a\n([]a:til 20)\nx:til 100' | head -n "$1" | kq-send -q -l -P 64 --keep-going -F none ":$port" 2>/dev/null || true; }
    ask 10000
    before=$(memory)
    ask "$connections"
    figures "$connections messages: $(memory) kB, $before at first"
    grew_less_than 2000 "$before"
    stop_listen
}

@test "idle connections by the thousand, and somebody who is served among them" {
    start_listen --log none --max-conns 0
    before=$(memory)
    crowd_gathers idle "$idle"
    figures "$idle idle connections: $((($(memory) - before) * 1024 / idle)) bytes each"
    grew_less_than $((idle * 10)) "$before"
    for ((i = 0; i < 100; i++)); do
        run kq-send ":$port" 2+2
        assert_output 4
    done
    crowd_leaves
    until [ "$(kq-send ":$port" 'count .z.W')" = 1 ]; do :; done
    stop_listen
}

@test "faults by chance, under load, for long" {
    start_listen --log none --seed 1 --fault rst,p=0.01 --fault truncate=9,p=0.01 --fault dup,p=0.01 \
        --fault swap,p=0.01 --fault async-first,p=0.01 --fault delay=1ms,p=0.01 --fault chunk=3,p=0.1
    for ((i = 0; i < connections / 1000; i++)); do
        seq 100 | kq-send -q -l -P 16 -F none ":$port" >/dev/null 2>&1 || true
        [ $i != 100 ] || before=$(memory)
    done
    kill -0 "$server"
    [ -z "${before-}" ] || grew_less_than 3000 "$before"
    stop_listen
}
