#!/usr/bin/env bats
# pipe.bats - kq-pipe and its server killed again and again: nothing may be lost.
#
# KILLS (100) is how often; SEED makes a run happen again as far as the machine lets it.

# start_listen sets port and server; `t is q.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

bats_require_minimum_version 1.5.0
load ../cli/common

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    seed=${SEED:-$RANDOM}
    kills=${KILLS:-100}
    RANDOM=$seed
    echo "# SEED=$seed" >&3
}

# A server whose async messages are on disk before it confirms them; each life has a log of its own.
serve() {
    life=$((${life:-0} + 1))
    start_listen --log none --tplog "got.$life" ${port:+-p "$port"}
}

# The numbers in the first column of what the servers got, in every life; a record that was cut off
# was not confirmed.
received() {
    local log
    for log in got.*; do
        kq-dump -q -I tplog -F q "$log" 2>/dev/null || true
    done | sed 's/^[^;]*;[^;]*;//; s/[^0-9 ]//g' | tr -s ' ' '\n'
}

nap() { sleep "0.0$((RANDOM % 8 + 1))"; }

@test "every row that was accepted arrives, whichever side is killed" {
    # Rows are accepted when --tee has shown them: they are on the disk then.
    writer() { for ((i = 1; ; i++)); do echo "$i"; done; }
    feed() {
        kq-pipe -q -t t -Y J --call upd --reopen -b 50 --linger 2ms --buffer 20k --spool sp --tee \
            --reconnect=inf --retry-delay=5ms ":$port" fifo >>copy 2>>err 3>&- &
        feeder=$!
    }
    mkfifo fifo
    # Held open here, so that the writer outlives its readers.
    exec 6<>fifo
    serve
    feed
    writer >fifo 3>&- &
    writer=$!
    # A server that is killed during the first login of a feeder looks like one that refuses it.
    refused() { ! kill -0 "$feeder" 2>/dev/null && { wait "$feeder" || [ $? -eq 6 ]; }; }
    for ((n = 0; n < kills; n++)); do
        nap
        if refused || ((RANDOM % 2)); then
            kill -KILL "$feeder" 2>/dev/null || true
            wait "$feeder" || true
            # What was being written when it died has no end; what comes next must not be taken for it.
            [ "$(tail -c 1 copy | wc -l)" -eq 1 ] || [ ! -s copy ] || echo '?' >>copy
            feed
        else
            stop_listen KILL || true
            serve
        fi
    done
    kill "$writer"
    wait "$writer" || true
    ! refused || feed
    kill -TERM "$feeder"
    wait "$feeder" || [ $? -eq 143 ]
    # What is left in the spool is sent at the next start.
    kq-pipe -q -t t -Y J --call upd --spool sp ":$port" </dev/null
    stop_listen
    received | sort -u >arrived
    grep -v '?' copy | sort -u >accepted
    echo "# $kills kills, $(wc -l <accepted) rows accepted, $(received | wc -l) arrived" >&3
    [ -s accepted ]
    run comm -23 accepted arrived
    assert_output ''
}

@test "without a spool, a server that is killed costs no row" {
    seq 200000 >in
    serve
    kq-pipe -q -s -t t -Y J --call upd -b 100 --reconnect=inf --retry-delay=5ms --rate 100000 \
        ":$port" in 2>err 3>&- &
    feeder=$!
    for ((n = 0; n < kills / 4; n++)); do
        nap
        kill -0 "$feeder" 2>/dev/null || break
        stop_listen KILL || true
        serve
    done
    wait "$feeder"
    stop_listen
    received | sort -n >arrived
    sort -nu arrived | cmp - in
    # Twice is only what was sent again.
    resent=$(sed -n 's/^resent *//p' err)
    echo "# $n kills, $(($(wc -l <arrived) - 200000)) rows twice, $resent sent again" >&3
    (($(wc -l <arrived) <= 200000 + resent))
}

@test "the queue on disk, under a server in memory" {
    run env KQ_SOAK=$((kills * 4)) "$KQ_BUILD/tests/test_pipe_soak"
    assert_success
}

teardown() {
    [ -z "$BATS_ERROR_STATUS" ] || tail -n 5 err 2>/dev/null
    kill -KILL "${feeder:-}" "${writer:-}" 2>/dev/null || true
    stop_servers
}
