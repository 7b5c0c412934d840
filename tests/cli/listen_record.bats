#!/usr/bin/env bats
# listen_record.bats - recordings, proxies, expectations, pushed records, logs.

# start_listen sets port and server; `a is q.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load common
load raw
load packets

# A session worth recording: the same question has different answers.
session() {
    kq-send -u ann ":$1" 'n:0' >/dev/null
    kq-send -u ann -l -F q ":$1" <<<$'n+:1;n\nn+:1;n\n`a`b!1 2'
    kq-send -u ann ":$1" nosuch 2>&1 | sed 's/.*: //'
    kq-send -u ann -a --confirm ":$1" 'm:7'
}

expected="1
2
\`a\`b!1 2
'nosuch"

@test "-w records, --replay answers the same, again and again" {
    start_listen --log none -w s.wire
    assert_equal "$(session "$port")" "$expected"
    stop_listen
    start_listen --log none --replay s.wire --strict
    assert_equal "$(session "$port")" "$expected"
    assert_equal "$(session "$port")" "$expected"
    stop_listen
}

@test "a request in other bytes that says the same is the same" {
    start_listen --log none -w s.wire
    kq-send ":$port" '1000#0' >/dev/null
    stop_listen
    start_listen --log none --replay s.wire
    run kq-send --endian big -F q ":$port" '1000#0'
    assert_output "$(kq-send -F q ":$port" '1000#0')"
    assert_success
}

@test "what the recording does not know is an error, reported, and 1 with --strict" {
    start_listen --log none -w s.wire
    kq-send ":$port" 1 >/dev/null
    stop_listen
    start_listen --log text --replay s.wire --strict
    run kq-send ":$port" 2
    assert_failure 4
    assert_output --partial "'not in the recording"
    stop_listen && return 1
    run cat listen.err
    assert_output '1 requests were not in the recording'
    run grep -c unmatched listen.out
    assert_output 1
    start_listen --log none --replay s.wire --default eval
    run kq-send ":$port" 2+3
    assert_output 5
    stop_listen
}

@test "messages sent unasked follow what they followed" {
    start_listen --log none -w s.wire
    raw_open
    raw_login
    raw_send "$(sync "$(text 'neg[.z.w]"one";neg[.z.w]"two";3')")"
    got=$(raw_read 51)
    raw_close
    stop_listen
    start_listen --log none --replay s.wire
    raw_open
    raw_login
    raw_send "$(sync "$(text 'neg[.z.w]"one";neg[.z.w]"two";3')")"
    assert_equal "$(raw_read 51)" "$got"
    raw_close
}

@test "--replay-timing takes as long" {
    start_listen --log none -w s.wire -f <(echo 'delay=100ms slow=1')
    kq-send ":$port" slow
    stop_listen
    for timing in "" --replay-timing; do
        start_listen --log json --replay s.wire $timing
        kq-send ":$port" slow
        stop_listen
    done
    run jq '.latency_us|select(.)' listen.out
    [ "${lines[0]%.*}" -lt 100000 ]
    [ "${lines[1]%.*}" -ge 100000 ]
}

@test "JSON lines of our log and of kq-dump replay" {
    start_listen --log json -j=typed
    session "$port" >/dev/null
    stop_listen
    mv listen.out log.jsonl
    start_listen --log none --replay log.jsonl --strict
    assert_equal "$(session "$port")" "$expected"
    stop_listen
    start_listen --log none -w s.wire
    session "$port" >/dev/null
    stop_listen
    kq-dump -j=typed s.wire >dump.jsonl
    start_listen --log none --replay dump.jsonl --strict
    assert_equal "$(session "$port")" "$expected"
    stop_listen
}

@test "a packet capture replays" {
    {
        capture_start
        packet c 100 0 S
        packet s 500 101 SA
        packet c 101 501 A "${login}0300"
        packet s 501 107 A 03
        packet c 107 502 A "$ask"
        packet s 502 124 A "$answer$update"
        packet c 124 542 A "$ask"
        packet s 542 141 A "$failure"
    } >trace.pcap
    start_listen --log none --replay trace.pcap --strict
    for i in 1 2; do
        raw_open
        raw_login
        raw_send "$ask"
        assert_equal "$(raw_read 40)" "$answer$update"
        raw_send "$ask"
        assert_equal "$(raw_read 14)" "$failure"
        raw_close
    done
    run kq-send ":$port" 3+3
    assert_failure 4
    stop_listen && return 1
    assert_equal "$(cat listen.err)" '1 requests were not in the recording'
}

@test "a proxy records, its recording answers in its place: record once, replay for ever" {
    start_listen --log none -U <(echo ann:pw)
    real=$port
    start_listen --log none --proxy ":$real" -w session.wire
    kq-send -q -u ann --password-file <(echo pw) ":$port" 'n:0;f:{n+:x}' >/dev/null
    ask_all() { seq 20 | sed 's/.*/f &;n/' | kq-send -q -u ann --password-file <(echo pw) -l -P 5 ":$1"; }
    live=$(ask_all "$port")
    stop_listen
    stop=$(kq-dump -F q session.wire | tail -1)
    kq-listen --replay session.wire --strict --port-file p -q 3>&- &
    server=$!
    servers+=("$server")
    until [ -s p ]; do kill -0 "$server"; done
    assert_equal "$(ask_all "$(cat p)")" "$live"
    assert_equal "$(ask_all "$(cat p)")" "$live"
    assert_equal "$(tail -1 <<<"$live")" "$stop"
    stop_listen
}

@test "a damaged or empty recording is refused" {
    run kq-listen --replay nosuch
    assert_failure 9
    printf 'KQWIRE1\n' >empty
    run kq-listen --replay empty
    assert_failure 2
    assert_output 'kq-listen: empty: no messages in it'
    printf '{"kind":"sync"}\n{"v":\n' >bad
    run kq-listen --replay bad
    assert_failure
    assert_output --partial 'bad: line 1'
}

@test "--proxy passes everything and logs both ways" {
    start_listen --log none -U <(echo ann:pw)
    real=$port
    start_listen --log json --proxy ":$real" -w s.wire
    run kq-send -q "localhost:$port:ann:wrong" 1
    assert_failure 6
    run kq-send -q -F q "localhost:$port:ann:pw" '([]a:til 3)'
    assert_output '+(,`a)!,0 1 2'
    run kq-send -q "localhost:$port:ann:pw" nosuch
    assert_failure 4
    run kq-send -q "localhost:$port:ann:pw" '.z.u'
    assert_output '`ann'
    stop_listen
    run jq -r 'select(.kind)|[.kind,.error]|join(" ")' listen.out
    assert_output "$(printf '%s\n' 'sync ' 'response ' 'sync ' 'response nosuch' 'sync ' 'response ')"
    start_listen --log none --replay s.wire
    run kq-send -F q ":$port" '([]a:til 3)'
    assert_output '+(,`a)!,0 1 2'
}

@test "--proxy: pipelined requests, pushed messages, rules in between, in order" {
    start_listen --log none
    real=$port
    start_listen --log none --proxy ":$real" -R 'mine=8'
    raw_open
    raw_login
    raw_send "$(sync "$(text 2+2)")$(sync "$(text mine)")$(sync "$(text 'neg[.z.w]0x01;5')")"
    assert_equal "$(raw_read 61)" "$(response f90400000000000000)$(response f90800000000000000)$(async fc01)$(response f90500000000000000)"
    raw_close
}

@test "--proxy to nobody refuses the client, and a dead server ends it" {
    start_listen --log text --proxy :1
    run kq-send ":$port" 1
    assert_failure 6
    stop_listen
    run cat listen.out
    assert_output --partial 'connection refused'
    start_listen --log none
    real=$port realpid=$server
    start_listen --log text --proxy ":$real"
    raw_open
    raw_login
    kill "$realpid"
    assert_equal "$(raw_rest)" ''
}

@test "--expect: met, missed, too often, in order" {
    start_listen --log none --expect 'upd.*trade x2' --expect 'end'
    kq-send -a ":$port" -I q '(`upd;`trade;1)'
    kq-send -a ":$port" -I q '(`upd;`trade;2)'
    kq-send -a --confirm ":$port" '"the end"'
    stop_listen
    start_listen --log none --expect 'upd.*trade x2' --expect never
    for i in 1 2 3; do kq-send -a --confirm ":$port" -I q "(\`upd;\`trade;$i)"; done
    kq-send -a --confirm ":$port" '"stranger"'
    stop_listen && return 1
    run cat listen.err
    assert_output --partial 'expected: upd.*trade: 2 times, came 3'
    assert_output --partial 'expected: never: never came'
    assert_output --partial 'came instead: "stranger"'
    rm listen.err
    start_listen --log none --expect-in-order --expect first --expect second
    kq-send ":$port" '"second"' >/dev/null
    kq-send ":$port" '"first"' >/dev/null
    stop_listen && return 1
    run cat listen.err
    assert_line 'expected: second: never came'
}

@test "a reset in the middle of a batch, ten messages, expectations" {
    start_listen --log none --fault rst,msg=3 --expect 'upd.*trade' -c 10 --timeout 30s
    for ((i = 0; i < 8; i++)); do
        yes '(`upd;`trade;1)' | head -5 | kq-send -q -l -a -I q ":$port" 2>/dev/null || true
    done
    wait "$server"
}

@test "--push: lines of q, messages, a tickerplant log; paced" {
    printf '%s\n' '(`upd;`t;1)' '' '(`upd;`t;2)' >lines
    printf '%s%s' "$(async f90100000000000000)" "$(sync f90200000000000000)" | xxd -r -p >frames
    printf 'ff01000000000000%s%s' f90100000000000000 f90200000000000000 | xxd -r -p >log
    start_listen --log none --push lines -R '\.u\.sub=1' --interval 1ms
    run bash -c "kq-send -S -c 2 -F q :$port '.u.sub[\`;\`]'"
    assert_output "$(printf '%s\n' 1 '(`upd;`t;1)' '(`upd;`t;2)')"
    for file in frames log; do
        start_listen --log none --push "$file" -R '\.u\.sub=1'
        run bash -c "kq-send -S -c 2 -F q :$port '.u.sub[\`;\`]'"
        assert_output "$(printf '%s\n' 1 1 2)"
    done
}

@test "--push: lines of JSON, and those of kq-dump, of which async messages count" {
    printf '%s\n' '{"sym":"a","size":[1,2]}' '[1,2,3]' >lines
    start_listen --log none --push lines -R '\.u\.sub=1'
    run bash -c "kq-send -S -c 2 -F q :$port '.u.sub[\`;\`]'"
    assert_output "$(printf '%s\n' 1 '`sym`size!(,"a";1 2)' '1 2 3')"
    start_listen --log json -j=typed
    kq-send ":$port" 1 >/dev/null
    kq-send -a ":$port" -I q '(`upd;`t;1)'
    kq-send -a --confirm ":$port" -I q '(`upd;`t;2)'
    stop_listen
    assert_equal "$(grep -c '"kind":"async"' listen.out)" 2
    start_listen --log none --push listen.out -R '\.u\.sub=1'
    run bash -c "kq-send -S -c 2 -F q :$port '.u.sub[\`;\`]'"
    assert_output "$(printf '%s\n' 1 '(`upd;`t;1)' '(`upd;`t;2)')"
}

@test "--push --pace keeps the gaps of the lines" {
    for s in 01.000 01.150 01.151; do
        echo "{\"v\":1,\"time\":\"2024-01-02T03:04:${s}Z\",\"kind\":\"async\",\"value\":1}"
    done >lines
    took() {
        start_listen --log none --push lines -R 'sub=1' "$@"
        local from=${EPOCHREALTIME/./}
        kq-send -q -S -c 3 -F none ":$port" sub
        us=$((${EPOCHREALTIME/./} - from))
    }
    took --pace
    [ "$us" -ge 151000 ]
    took --pace=0.5
    [ "$us" -ge 302000 ]
    run kq-listen --push lines --pace=0
    assert_failure 2
    assert_output --partial "'0' is not a factor"
}

@test "--push from a fifo as it comes, to a client that only listens too" {
    mkfifo feed
    start_listen --log none --push feed
    exec 8<>feed
    raw_open
    raw_login
    echo 1 >&8
    assert_equal "$(raw_read 17)" "$(async f90100000000000000)"
    printf '2' >&8
    echo '2' >&8
    assert_equal "$(raw_read 17)" "$(async f91600000000000000)"
    exec 8>&-
    raw_close
}

@test "--push: what is no record is reported" {
    printf '%s\n' 1 'no data' 3 >lines
    start_listen --log none --push lines
    run kq-send -S -c 1 -F q ":$port" 7
    assert_line 1
    until [ -s listen.err ]; do :; done
    run cat listen.err
    assert_output --partial 'lines: line 2: '
}

@test "--tplog is a log that kq-dump and a restart continue" {
    start_listen --log none --tplog t.log
    kq-send -a --confirm ":$port" -I q '(`upd;`t;1)'
    kq-send -a --confirm --endian big ":$port" -I q '(`upd;`t;2)'
    stop_listen
    start_listen --log none --tplog t.log
    kq-send -a --confirm ":$port" -I q '(`upd;`t;3)'
    stop_listen
    run kq-dump -F q t.log
    assert_output "$(printf '%s\n' '(`upd;`t;1)' '(`upd;`t;2)' '(`upd;`t;3)')"
    echo nonsense >bad
    run kq-listen --tplog bad
    assert_failure 9
    assert_output 'kq-listen: bad is no tickerplant log'
}

@test "what exactly does a client send: send, listen, dump" {
    start_listen --log none -1 -w t.wire
    kq-send ":$port" 'til 3'
    wait "$server"
    run kq-dump -F tree t.wire
    assert_success
    assert_output --partial 'til 3'
}
