#!/usr/bin/env bats
# listen_crowd.bats - kq-listen among many clients, slow ones, greedy ones and broken ones.
#
# The same in earnest is in tests/soak/listen.bats.

# start_listen sets port and server.
# shellcheck disable=SC2154,SC2016

load common
load raw
load crowd

still_answers() {
    run kq-send ":$port" 2+2
    assert_output 4
}

@test "a thousand idle connections cost less than 10 kB each" {
    start_listen --log none --max-conns 0
    still_answers
    before=$(memory)
    crowd_gathers idle 1000
    run kq-send ":$port" 'count .z.W'
    assert_output 1001
    grew_less_than 10000 "$before"
    crowd_leaves
    until [ "$(kq-send ":$port" 'count .z.W')" = 1 ]; do :; done
    stop_listen
}

@test "connections that say nothing are none of .z.W, and count for --max-conns" {
    start_listen --log none --max-conns 20
    crowd_gathers mute 20
    run kq-send -q ":$port" 1
    assert_failure
    crowd_leaves
    until kq-send -q ":$port" 1 >/dev/null 2>&1; do :; done
}

@test "many connections leave nothing behind, whatever they were doing" {
    start_listen --log none --max-conns 0
    crowd "$port" churn 500
    crowd "$port" drop 600
    before=$(memory)
    crowd "$port" churn 3000
    crowd "$port" drop 3000
    until [ "$(kq-send ":$port" 'count .z.W')" = 1 ]; do :; done
    grew_less_than 1000 "$before"
    run kq-send ":$port" '.z.H'
    assert_success
    [ "$(find "/proc/$server/fd" -type l | wc -l)" -lt 30 ]
}

@test "clients that speak byte by byte are served, and hold up nobody" {
    start_listen --log none
    crowd "$port" slow 100
    exec 7<>"/dev/tcp/127.0.0.1/$port"
    raw_send "$(printf 'slow\3\0' | xxd -p)"
    assert_equal "$(raw_read 1)" 03
    request=$(sync "$(text 2+2)")
    for ((i = 0; i < ${#request}; i += 2)); do
        raw_send "${request:i:2}"
        still_answers
    done
    assert_equal "$(raw_read 17)" "$(response f90400000000000000)"
    raw_close
}

@test "an announced length allocates nothing" {
    start_listen --log none
    still_answers
    before=$(memory)
    crowd_gathers claim 50
    still_answers
    grew_less_than 20000 "$before"
    crowd_leaves
}

@test "a length of 2^40 is refused, and one above --max-size, before the body comes" {
    start_listen --log text --max-size 1k
    for head in 010100ffffffffff 0101000001040000 00010000000004010001; do
        raw_open
        raw_login
        raw_send "$head"
        assert_equal "$(raw_rest)" ''
        raw_close
    done
    still_answers
    stop_listen
    run grep -c 'over the limit of 1024 (--max-size)' listen.out
    assert_output 3
}

@test "clients that never read: one answer waits for each, and pushed to beyond --max-queue they are cut off" {
    start_listen --log text --max-queue 8M
    still_answers
    before=$(memory)
    crowd_gathers deaf 3
    still_answers
    grew_less_than 200000 "$before"
    run kq-send -q ":$port" '{@[neg x;1000000#0x00;::]}each (key .z.W)except .z.w'
    still_answers
    until [ "$(grep -c 'slow .* the peer does not read' listen.out)" -ge 3 ]; do kill -0 "$server"; done
    crowd_leaves
}

@test "the questions of a client that does not read its answers wait" {
    start_listen --log none
    raw_open
    raw_login
    for ((i = 0; i < 20; i++)); do raw_send "$(sync "$(text '3000000#0')")"; done
    still_answers
    run kq-send ":$port" 'max .z.W'
    [ "$output" -lt 30000000 ]
    raw_close
}

@test "garbage of every kind ends its connection only" {
    start_listen --log none
    i=0
    while read -r bytes; do
        raw_open
        [ $((++i % 2)) = 0 ] || raw_login
        raw_send "$bytes" 2>/dev/null || true
        raw_close
    done < <(awk 'BEGIN { srand(42); for (; i < 40; i++) { for (n = 0; n < 60; n++)
        printf "%02x", n == i % 8 ? n % 3 : 256 * rand(); print "" } }')
    still_answers
    stop_listen
}

@test "SIGTERM ends it at once, whoever is connected" {
    for way in idle mute claim; do
        start_listen --log none
        crowd_gathers $way 20
        from=${EPOCHREALTIME/./}
        stop_listen
        # Waiting for somebody would take five seconds.
        [ $((${EPOCHREALTIME/./} - from)) -lt 4500000 ]
        crowd_leaves
    done
}
