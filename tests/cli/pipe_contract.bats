#!/usr/bin/env bats
# kq-pipe does not make the mistakes of other feeders; and the pipelines that users build with it.

# start_listen sets port and server, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

bats_require_minimum_version 1.5.0
load common

@test "help is an answer on standard output; no arguments are a mistake" {
    run --separate-stderr kq-pipe --help --no-such-option
    assert_success
    assert_equal "$stderr" ''
    assert_line --index 0 --partial 'Usage: kq-pipe'
    run --separate-stderr kq-pipe
    assert_failure 2
    assert_output ''
    assert [ -n "$stderr" ]
}

@test "a refused connection with piped input ends with 3" {
    start_listen --log none
    stop_listen || true
    run bash -c "seq 10 | kq-pipe -t t -Y J ':$port'"
    assert_failure 3
    assert_output "kq-pipe: localhost:$port: connection refused"
}

@test "a refused login ends with 6 while the input is open and idle" {
    echo feed:right:one >users
    start_listen --log none -U users
    mkfifo fifo
    exec 7<>fifo
    run kq-pipe -t t -Y J ":localhost:$port:feed:wrong" fifo
    assert_failure 6
    # A password may have colons in it.
    run kq-pipe -q -t t --columns a:j ":localhost:$port:feed:right:one" <<<1
    assert_success
}

@test "a stalled handshake is called one" {
    start_stub stall
    run kq-pipe -t t -Y J --connect-timeout=50ms ":$port" <<<1
    assert_failure 5
    assert_output --partial 'handshake timed out'
}

@test "a server that restarts while the input is idle is noticed, and met again" {
    start_listen --log none
    mkfifo fifo err
    kq-pipe -v -t t --columns a:j --reconnect=inf --retry-delay=10ms ":$port" fifo 2>err 3>&- &
    feeder=$!
    exec 5<err 7>fifo
    until [[ $line = *connected ]]; do read -r line <&5; done
    stop_listen KILL || true
    until [[ $line = *'trying again' ]]; do read -r line <&5; done
    start_listen --log none -p "$port" 5<&- 7>&-
    until [[ $line = *connected ]]; do read -r line <&5; done
    echo 7 >&7
    exec 7>&-
    wait "$feeder"
    assert_equal "$(kq-send -F q ":$port" 'exec a from t')" ,7
}

@test "empty input ends well" {
    start_listen --log none
    for input in csv jsonl lines bytes ipc tplog; do
        types=()
        [[ $input != csv && $input != jsonl ]] || types=(-t t --columns a:j)
        run kq-pipe -q -I "$input" --call f "${types[@]}" ":$port" </dev/null
        assert_success
        assert_output ''
    done
}

@test "nobody reads: 141 without a word; nowhere to write: 9" {
    start_listen --log none
    seq 100000 >in
    for command in "-n -t t -Y J -F ipc -" "-q -t t --columns a:j --tee :$port"; do
        # shellcheck disable=SC2086
        run bash -c "set -o pipefail; kq-pipe $command in | head -c 1 >/dev/null"
        assert_failure 141
        assert_output ''
        # shellcheck disable=SC2086
        run bash -c "kq-pipe $command in >/dev/full"
        assert_failure 9
        assert_output --partial 'No space left on device'
    done
}

@test "status 0 means confirmed, nothing else does" {
    # The server takes everything and closes before the chaser is answered.
    start_stub login read close
    run kq-pipe -t t -Y J --state st ":$port" <<<1
    assert_failure 8
    assert_line --partial '1 rows not confirmed, from standard input line 1 on'
    assert_equal "$(grep -o '"rows":1,.*"acked":[0-9]*' st)" '"rows":1,"bytes":2,"acked":0'
    start_stub login read read stall
    run kq-pipe -t t -Y J --drain=50ms ":$port" <<<1
    assert_failure 5
    assert_line --partial 'drain timed out'
    # A slow machine may need longer to get as far as that.
    for limit in 50ms 1s 20s; do
        start_stub login read read stall
        run kq-pipe -t t -Y J -T "$limit" ":$port" <<<1
        assert_failure 5
        assert_line --partial 'timed out after'
        [[ $output != *'1 rows not confirmed'* ]] || break
    done
    assert_line --partial '1 rows not confirmed'
}

@test "an async message before the answer is not the answer; answers in pieces are" {
    start_stub login read read send="$(async 0a0000000000)" split="$(response 6500)"
    run kq-pipe -q -t t -Y J ":$port" <<<1
    assert_success
    start_stub login read read send="$(async 0a0000000000)" close
    run kq-pipe -q -t t -Y J ":$port" <<<1
    assert_failure 8
}

@test "an answer that claims 4 GB is refused, not allocated" {
    start_stub login read read send=01020000ffffffff0a00 stall
    # Sanitizers reserve more than any limit for themselves.
    memory='ulimit -v 200000'
    bash -c "$memory; kq-pipe -V" >/dev/null 2>&1 || memory=true
    run bash -c "$memory; kq-pipe -t t -Y J --max-size=1M ':$port' <<<1"
    assert_failure 7
}

@test "all digits of a long arrive, from csv and from JSON" {
    start_listen --log none
    run kq-pipe -q -t t --columns a:j ":$port" <<<9223372036854775806
    assert_success
    run kq-pipe -q -I jsonl -t t --columns a:j ":$port" <<<'{"a":9223372036854775806}'
    assert_success
    assert_equal "$(kq-send -j --int64=string ":$port" 'exec a from t')" '["9223372036854775806","9223372036854775806"]'
}

@test "the end of a log alone, and a log without its end" {
    seq 5 | kq-pipe -n -t t -Y J -b 2 -F tplog -o log -
    tail -c 18 log >end
    run kq-pipe -n -I tplog -F ipc -o out - end
    assert_failure 7
    head -c -3 log >begin
    run kq-pipe -n -I tplog -F ipc -o out - begin
    assert_failure 7
    assert_output --partial 'begin: message 3: cut off (badtail)'
    assert_equal "$(kq-dump -F csv --fields fn out | grep -c insert)" 2
}

# ---- the pipelines of the manual, with a real server at the end ------------------------------------

@test "a repaired tickerplant log, one table of it" {
    start_listen --log none
    kq-send ":$port" 'upd:insert; trade:([]a:`long$()); quote:([]a:`long$())'
    seq 4 | kq-pipe -n -t trade -Y J --call upd -b 2 -F tplog -o sym2024.01.02 -
    seq 9 | kq-pipe -n -t quote -Y J --call upd -F payload -o more -
    cat more >>sym2024.01.02
    head -c 30 more >>sym2024.01.02
    run bash -c "kq-dump --repair good.log sym2024.01.02 && kq-dump --table trade -F tplog good.log | kq-pipe -q -I tplog ':$port'"
    assert_success
    assert_equal "$(kq-send -F q ":$port" '(exec a from trade;count quote)')" '(1 2 3 4;0)'
}

@test "a live file through tail into a tickerplant, with a spool" {
    start_listen --log none "$BATS_TEST_DIRNAME/tick.q"
    echo '09:30:00.5,a,1.5,100' >app.csv
    mkfifo copy
    tail -F app.csv 2>/dev/null 3>&- |
        kq-pipe -q -t trade --columns time:n,sym:s,price:f,size:j --call .u.upd --reconnect=inf \
            --spool log.tp --tee -c 2 ":$port" >copy 3>&- &
    feeder=$!
    exec 5<copy
    read -r line <&5
    echo '09:30:01.5,b,2.5,200' >>app.csv
    read -r line <&5
    # tail ends when it writes the next time and nobody reads.
    echo >>app.csv
    wait "$feeder"
    assert_equal "$(kq-send -F q ":$port" 'exec sum size from trade')" 300
}

@test "a table is copied between servers, types from the second" {
    start_listen --log none
    kq-send ":$port" 't:([]s:`a`b`;x:1.5 0n 3;n:1 0N 3)'
    from=$port
    start_listen --log none
    kq-send ":$port" 't:([]s:`symbol$();x:`float$();n:`long$())'
    run bash -c "kq-send -F csv ':$from' 'select from t' | kq-pipe -q -t t -H --schema=server ':$port'"
    assert_success
    assert_equal "$(kq-send -F q ":$port" t)" "$(kq-send -F q ":$from" t)"
}

@test "a capture is replayed at ten times its speed, with a log" {
    load packets
    {
        capture_start
        open_connection
        packet c 1007 2002 A "$(async 0a0005000000613a612b31)"
        now=$((now + 1000000))
        packet c 1026 2002 A "$(async 0a0005000000613a612b32)"
    } >cap.pcap
    start_listen --log none
    kq-send ":$port" 'a:0'
    run bash -c "kq-dump --kind async,sync -F ipc cap.pcap | kq-pipe -I ipc --pace=10 --progress=always ':$port' 2>&1 | tee replay.log"
    assert_success
    assert_equal "$(kq-send -F q ":$port" a)" 3
    start=$EPOCHREALTIME
    run kq-pipe -I pcap --pace=10 ":$port" cap.pcap
    assert_success
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit !(b - a > 0.09) }'
    assert_equal "$(kq-send -F q ":$port" a)" 6
}

@test "as telegraf and fluent-bit start it: JSON lines, types of the server" {
    start_listen --log none
    kq-send ":$port" 'metrics:([]time:`timestamp$();host:`symbol$();cpu:`float$();up:`boolean$())'
    run kq-pipe -I jsonl -t metrics --schema=server ":$port" <<'E'
{"host":"a","cpu":0.5,"up":true,"time":"2024-01-02T03:04:05Z","tags":{"x":1}}
{"host":"b","cpu":1,"up":false,"time":"2024-01-02T03:04:06.5+01:00"}
{"host":"c"}
E
    assert_success
    assert_equal "$(kq-send -F q ":$port" 'value flip metrics')" \
        '(2024.01.02D03:04:05.000000000 2024.01.02D02:04:06.500000000 0Np;`a`b`c;0.5 1 0n;100b)'
}

teardown() {
    exec 5<&- 7>&-
    stop_servers
}
