#!/usr/bin/env bats
# kq-pipe and servers that die, stall, refuse and vanish: what arrives and what is said.

# start_listen sets port and server, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load common

# A server that keeps the first column of what upd gets, on disk too: got.1 of its first life ...
serve() {
    life=$((${life:-0} + 1))
    echo 'got:(); upd:{[t;x] got::got,first x}' >s.q
    start_listen --log none --tplog "got.$life" "$@" s.q
}
again() { serve -p "$port"; }
ask() { kq-send -F q ":$port" "$1"; }
feed() { exec kq-pipe -q -t t -Y J --call upd "$@"; }

# All rows of all lives, one a line.
received() {
    local log
    for log in got.*; do
        kq-dump -q -I tplog -F q "$log" 2>/dev/null || true
    done | sed 's/^[^;]*;[^;]*;//; s/[^0-9 ]//g' | tr -s ' ' '\n'
}

# What descriptor 5 says until a line that fits.
until_line() {
    while read -r line <&5; do
        # shellcheck disable=SC2053
        [[ $line != $1 ]] || return 0
    done
    return 1
}

# Feed 4000 rows by a fifo through the COMMAND that makes the server go and come back in
# mid-stream; every row arrives, twice only what was sent again.
across() {
    seq 4000 >in
    mkfifo fifo copy
    serve "${options[@]}"
    kq-pipe -s -t t -Y J --call upd -b 20 --reconnect=inf --retry-delay=10ms --tee ":$port" fifo >copy 2>err 3>&- &
    feeder=$!
    exec 5<copy 7>fifo
    head -n 2000 in >&7
    until_line 1000
    "$@"
    cat <&5 >rest 3>&- 7>&- &
    tail -n 2000 in >&7
    exec 7>&-
    wait "$feeder"
    stop_listen
    received | sort -n >arrived
    run cmp <(sort -nu arrived) in
    assert_success
    (($(wc -l <arrived) <= 4000 + $(sed -n 's/^resent *//p' err)))
}

@test "a server that is terminated and restarted in mid-stream gets every row" {
    # shellcheck disable=SC2317
    restart() { stop_listen TERM || true; again 5<&- 7>&-; }
    across restart
}

@test "a server that is killed and restarted in mid-stream gets every row" {
    restart() { stop_listen KILL || true; again 5<&- 7>&-; }
    across restart
}

@test "a connection that is reset in mid-stream costs no row" {
    options=(--fault 'rst,msg=40,conn=1')
    across true
    assert_equal "$(grep -c 'trying again' err)" 1
}

@test "--once-only sends nothing twice and says what is unconfirmed" {
    seq 20000 >in
    serve --fault 'rst,msg=20,conn=1'
    run kq-pipe -t t -Y J --call upd -b 100 --once-only ":$port" in
    assert_failure 8
    assert_line --regexp '^kq-pipe: .*[0-9]+ rows not confirmed, from in line [0-9]+ on$'
    stop_listen
    received | sort -n | uniq -d >twice
    assert_equal "$(wc -l <twice)" 0
}

@test "a proxy that stops forwarding is noticed, idle or not" {
    serve
    behind=$port
    start_listen --log none --proxy ":$behind"
    mkfifo fifo copy err
    kq-pipe -v -t t -Y J --call upd --linger 0 --tee --reconnect=inf --ack-timeout=100ms \
        --connect-timeout=100ms --retry-delay=10ms ":$port" fifo >copy 2>err 3>&- &
    feeder=$!
    exec 5<copy 6<err 7>fifo
    echo 1 >&7
    until_line 1
    # Idle, half open: the connection stands, but nobody is there.
    kill -STOP "$server"
    exec 8<&5 5<&6
    until_line '*no answer for 0.1s; trying again'
    echo 2 >&7
    until_line '*next try*'
    kill -CONT "$server"
    until_line '*: connected'
    # Rows on their way.
    kill -STOP "$server"
    echo 3 >&7
    until_line '*no answer for 0.1s; trying again'
    kill -CONT "$server"
    exec 7>&-
    cat <&5 >/dev/null 3>&- 7>&- &
    wait "$feeder"
    port=$behind
    assert_equal "$(ask 'asc distinct got')" '`s#1 2 3'
}

@test "without --reconnect a silent server ends it with 5" {
    start_stub login stall
    run kq-pipe -t t -Y J --ack-timeout=100ms ":$port" <<<1
    assert_failure 5
    assert_output --partial 'no answer for 0.1s'
    assert_output --partial '1 rows not confirmed, from standard input line 1 on'
}

@test "a server that dies during a later login is tried again" {
    start_stub login read close refuse login read read send="$(response 6500)"
    run kq-pipe -q -t t -Y J --reconnect=2 --retry-delay=1ms ":$port" <<<1
    assert_success
    # The first login tells whether the password is right.
    start_stub refuse
    run kq-pipe -q -t t -Y J --reconnect=2 ":$port" <<<1
    assert_failure 6
}

@test "a slow server makes the writer wait and gets everything once" {
    seq 3000 >in
    serve --fault delay=20ms
    run feed -b 50 --sync --buffer 1k ":$port" in
    assert_success
    assert_equal "$(ask 'got~1+til 3000')" 1b
}

@test "batches that the server refuses are named, the others arrive" {
    serve
    kq-send ":$port" "upd:{[t;x] if[25 in first x;'bad]; got::got,first x}"
    seq 100 >in
    run kq-pipe -s -t t -Y J --call upd -b 10 --sync --on-error=skip ":$port" in
    assert_failure 4
    assert_line --partial "'bad"
    assert_line 'kq-pipe: that was for in lines 21 to 30'
    assert_line --regexp '^rejected +10$'
    assert_equal "$(ask 'got~(1+til 20),31+til 70')" 1b
    # By default the first refusal ends the input.
    kq-send ":$port" 'got:()'
    run kq-pipe -q -t t -Y J --call upd -b 10 --sync --rate 1000 ":$port" in
    assert_failure 4
    assert [ "$(ask 'count got')" -lt 90 ]
}

@test "a full --buffer: block, drop or end" {
    seq 1000 >in
    start_stub login stall
    run kq-pipe -t t -Y J -b 10 --buffer 1k --on-full=exit ":$port" in
    assert_failure 8
    assert_line --partial '--buffer is full'
    assert_line --regexp 'rows not confirmed, from in line 1 on$'
    for what in old new; do
        start_stub login stall
        run kq-pipe -t t -Y J -b 10 --buffer 1k --on-full=drop-$what --drain=50ms --state st ":$port" in
        assert_failure 5
        assert_line --regexp '[0-9]+ rows dropped because --buffer was full'
        run grep -c '"acked":0,.*"dropped":9[0-9]0,' st
        assert_output 1
    done
}

@test "rows that had been read when a signal came are sent" {
    start_stub login stall
    mkfifo fifo copy
    kq-pipe -t t -Y J -b 10 --buffer 500 --drain 50ms --tee --state st ":$port" fifo >copy 2>err 3>&- &
    feeder=$!
    exec 5<copy 7>fifo
    # One write, one read; --buffer has room for the first of them only.
    (seq 900; printf 90) >rows
    cat rows >&7
    until_line 10
    cat <&5 >/dev/null 3>&- 7>&- &
    kill -TERM "$feeder"
    wait "$feeder" || status=$?
    assert_equal "$status" 5
    run cat err
    assert_line 'kq-pipe: warning: 2 bytes of fifo, not a whole record, had been read and are not sent'
    assert_line --partial ': 900 rows not confirmed, from fifo line 1 on'
    # A spool has them.
    kill "$stub" || true
    seq 900 >in
    serve
    kq-pipe -q -t t -Y J --call upd -b 10 --rate 1000 --spool sp ":$port" fifo 3>&- &
    feeder=$!
    exec 7>fifo
    echo >>rows
    cat rows >&7
    until [ "$(ask 'count got')" -gt 0 ]; do kill -0 "$feeder"; done
    kill -TERM "$feeder"
    wait "$feeder" || status=$?
    assert_equal "$status" 143
    assert_equal "$(ask 'got~(1+til 900),90')" 1b
}

@test "a second signal does not wait for the server" {
    start_stub login stall
    mkfifo fifo copy
    feed --linger 0 --tee ":$port" fifo >copy 3>&- &
    feeder=$!
    exec 5<copy 7>fifo
    echo 1 >&7
    until_line 1
    kill -TERM "$feeder"
    kill -INT "$feeder"
    wait "$feeder" || status=$?
    assert [ "$status" = 130 ] || [ "$status" = 143 ]
}

teardown() {
    kill -CONT "${servers[@]}" 2>/dev/null || true
    kill "${feeder:-}" 2>/dev/null || true
    exec 5<&- 6<&- 7>&- 8<&-
    stop_servers
}
