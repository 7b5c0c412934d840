#!/usr/bin/env bats
# kq-pipe and a real server: what arrives, what is confirmed, what is reported.

# start_listen sets port and server, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016

load common

# A server that keeps the first column of what upd gets.
serve() {
    echo 'got:(); calls:0; upd:{[t;x] got::got,first x; calls::calls+1}; f:{got::got,x}' >s.q
    start_listen --log none "$@" s.q
}
ask() { kq-send -F q ":$port" "$1"; }
feed() { exec kq-pipe -q -t t -Y JS --call upd "$@"; }

# Wait until the pipe that feeds fd 5 ("coproc" output) has accepted a line.
accepted() { read -r line <&5 && [ "$line" = "$1" ]; }

@test "rows arrive in order, the last one without a newline" {
    serve
    seq 1000 | sed 's/$/,x/' >in
    printf '1001,y' >>in
    run feed -b 100 ":$port" in
    assert_success
    assert_output ""
    assert_equal "$(ask 'got~1+til 1001')" 1b
    assert_equal "$(ask calls)" 11
}

@test "synchronous messages, tables, rows" {
    serve
    run feed --sync -b 2 ":$port" <<<$'1,a\n2,b\n3,c'
    assert_success
    assert_equal "$(ask '(got;calls)')" '(1 2 3;2)'
    kq-send ":$port" 'upd:{[t;x] got::x}'
    run kq-pipe -t t --columns a:j,b:s --shape table --call upd ":$port" <<<$'1,a\n2,b'
    assert_success
    assert_equal "$(ask got)" '+`a`b!(1 2;`a`b)'
    run feed --shape rows ":$port" <<<$'1,a\n2,b'
    assert_equal "$(ask got)" '(2;`b)'
}

@test "lines, bytes, and a function given as text" {
    serve
    run kq-pipe -I lines --call f ":$port" <<<$'a\nbc'
    assert_success
    assert_equal "$(ask got)" '(,"a";"bc")'
    kq-send ":$port" 'got:""'
    run kq-pipe -I bytes --call '{got::got,x}' ":$port" <<<$'a\nbc'
    assert_success
    assert_equal "$(ask got)" '"a\nbc\n"'
}

@test "messages and logs are forwarded" {
    serve
    seq 5 | sed 's/$/,x/' >in
    kq-pipe -n -t t -Y JS --call upd -b 2 -F ipc -o msgs - in
    kq-pipe -n -t t -Y JS --call upd -b 2 -F tplog -o log - in
    run kq-pipe -I ipc ":$port" msgs
    assert_success
    run kq-pipe -I tplog --sync ":$port" log
    assert_success
    assert_equal "$(ask '(got;calls)')" '(1 2 3 4 5 1 2 3 4 5;6)'
}

@test "a table is copied between servers, types from the second" {
    serve
    kq-send ":$port" 't:([]d:2024.01.02 0Nd;s:`a`b;x:1.5 0n;c:("x";"y z");p:2024.01.02D03:04:05.000000006 0Np)'
    first=$port
    serve
    kq-send ":$port" 't:([]p:`timestamp$();x:`float$();s:`symbol$();d:`date$())'
    run bash -c "kq-send -F csv ':$first' 'select from t' | kq-pipe -t t -H --schema=server ':$port'"
    assert_success
    assert_equal "$(ask t)" '+`p`x`s`d!(2024.01.02D03:04:05.000000006 0Np;1.5 0n;`a`b;2024.01.02 0Nd)'
}

@test "compressed csv through a fifo" {
    serve
    kq-send ":$port" 'trade:([]time:`time$();sym:`symbol$();price:`float$();size:`long$())'
    for i in {0..99}; do echo "12:00:00.0$((i / 10))$((i % 10)),s$((i % 3)),$i.25,$i"; done | gzip >trades.csv.gz
    mkfifo f
    zcat trades.csv.gz >f 3>&- &
    run kq-pipe -t trade -Y TSFJ ":$port" f
    assert_success
    assert_equal "$(ask '(count trade;sum trade`size;last trade`price)')" '(100;4950;99.25)'
}

@test "kq-dump shows what would be sent, and repairs a log to load" {
    run bash -c "printf 'a,1.5\n' | kq-pipe -n -F ipc -t t -Y SF - | kq-dump --tree"
    assert_success
    assert_output --partial '1.5'
    serve
    seq 5 | sed 's/$/,x/' | kq-pipe -n -t t -Y JS --call upd -b 2 -F tplog -o log -
    head -c -3 log >bad
    run kq-dump --repair good bad
    run bash -c "kq-dump --table t -F tplog good | kq-pipe -I tplog ':$port'"
    assert_success
    assert_equal "$(ask got)" '1 2 3 4'
}

@test "two servers get everything, or their share" {
    serve
    first=$port
    serve
    run feed ":$first" ":$port" <<<$'1,a\n2,b'
    assert_success
    assert_equal "$(ask got)" '1 2'
    assert_equal "$(kq-send -F q ":$first" got)" '1 2'
    seq 100 | sed 's/.*/&,s&/' >in
    run kq-pipe -q -s -t t --columns n:j,s:s --call upd -b 7 --shard-by s ":$first" in ":$port"
    assert_success
    assert_line --regexp '^confirmed +100$'
    assert_equal "$(kq-send -F q ":$first" "asc (2_got),$(ask '2_got')")" "$(kq-send -F q ":$first" 'asc 1+til 100')"
}

@test "operands are servers or files, wherever they stand" {
    serve
    first=$port
    serve
    echo 1,a >in
    run kq-pipe -q -t t -Y JS --call upd ":$first" in ":localhost:$port" ":./in"
    assert_success
    assert_equal "$(ask got)$(kq-send -F q ":$first" got)" '1 11 1'
    run kq-pipe -q -t t -Y JS --call upd ":$first" "localhost:$port"
    assert_failure 9
    assert_output "kq-pipe: cannot open localhost:$port: No such file or directory; a further server is written :localhost:$port"
    run kq-pipe -q -t t -Y JS --shard-by x ":$first"
    assert_failure 2
}

@test "requests of a capture are forwarded, with their gaps" {
    load packets
    serve
    kq-send ":$port" 'ran:(); upd:{[t;x] ran::ran,x}; f:{ran::ran,x}'
    capture_start >cap
    {
        open_connection
        packet c 1007 2002 A "$update"
        packet s 2002 1034 A "$answer"
        now=$((now + 300000))
        packet c 1034 2015 A "$(sync 0a0003000000662039)"
    } >>cap
    run kq-pipe -I pcap -n -F q - cap
    assert_success
    assert_output '(`upd;`t;1i)'
    start=$EPOCHREALTIME
    gzip <cap >cap.gz
    run kq-pipe -q -I pcap --pace=2 ":$port" - <cap.gz
    assert_success
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit !(b - a > 0.15) }'
    assert_equal "$(ask ran)" '(1i;9)'
    head -c -5 cap >broken
    run kq-pipe -I pcap ":$port" broken
    assert_failure 7
    assert_output --partial 'broken: a damaged capture'
}

@test "a q error names the server and the lines" {
    serve
    run --separate-stderr kq-pipe --sync -t t -Y J --call nosuch ":$port" <<<$'1\n2'
    assert_failure 4
    assert_equal "$stderr" "$(printf "kq-pipe: localhost:%s: 'nosuch\nkq-pipe: that was for standard input lines 1 to 2" "$port")"
    run kq-pipe -j -q --sync -t t -Y J --call nosuch ":$port" <<<1
    assert_failure 4
    assert_output --partial '"kind":"q"'
}

@test "no server, no login, no schema" {
    serve
    gone=$port
    stop_listen || true
    run kq-pipe -t t -Y J ":$gone" <<<1
    assert_failure 3
    run kq-pipe -t t -Y J --reconnect=inf ":$gone" <<<1
    assert_failure 3
    start_stub refuse
    run kq-pipe -t t -Y J ":$port" <<<1
    assert_failure 6
    serve
    run kq-pipe -t nosuch --schema=server ":$port" <<<1
    assert_failure 4
}

@test "a server that starts later is waited for" {
    serve
    late=$port
    stop_listen || true
    feed --wait=20s ":$late" <<<7,x 3>&- &
    feeder=$!
    serve -p "$late"
    wait "$feeder"
    assert_equal "$(ask got)" ,7
}

@test "input stays unread when nobody will get it" {
    serve
    gone=$port
    stop_listen || true
    seq 10 >in
    exec 6<in
    run kq-pipe -t t -Y J ":$gone" <&6
    assert_failure 3
    read -r first <&6
    assert_equal "$first" 1
}

@test "the death of an idle server is noticed" {
    serve
    mkfifo fifo
    exec 7<>fifo
    mkfifo err
    kq-pipe -v -t t -Y JS --call upd ":$port" fifo 3>&- 2>err &
    feeder=$!
    exec 5<err
    until [[ $line = *connected ]]; do read -r line <&5; done
    stop_listen KILL || true
    wait "$feeder" || status=$?
    assert_equal "$status" 8
}

@test "a restarted server gets the rest" {
    serve
    mkfifo fifo copy
    feed --reconnect=inf --linger 0 --tee ":$port" fifo >copy 3>&- 2>err &
    feeder=$!
    exec 5<copy 7>fifo
    echo 1,a >&7
    accepted 1,a
    stop_listen KILL || true
    serve -p "$port" 5<&- 7>&-
    echo 2,b >&7
    exec 7>&-
    wait "$feeder"
    run ask 'last got'
    assert_output 2
}

@test "a fifo outlasts its writers with --reopen, and TERM ends in good order" {
    serve
    mkfifo fifo copy
    feed --reopen --tee ":$port" fifo >copy 3>&- &
    feeder=$!
    exec 5<copy
    echo 1,a >fifo
    accepted 1,a
    echo 2,b >fifo
    accepted 2,b
    kill -TERM "$feeder"
    wait "$feeder" || status=$?
    assert_equal "$status" 143
    assert_equal "$(ask got)" '1 2'
}

@test "a followed file is read on after it was rotated" {
    serve
    mkfifo copy
    echo 1,a >log
    feed --follow --tee -c 4 ":$port" log >copy 3>&- &
    feeder=$!
    exec 5<copy
    accepted 1,a
    echo 2,b >>log
    accepted 2,b
    mv log log.1
    echo 3,c >log
    accepted 3,c
    echo 4,d >>log
    wait "$feeder"
    assert_equal "$(ask got)" '1 2 3 4'
}

@test "the spool keeps what no server got" {
    serve
    gone=$port
    stop_listen || true
    run feed --spool sp --reconnect=inf --drain=50ms ":$gone" <<<$'1,a\n2,b'
    assert_failure 5
    run kq-pipe -n -I tplog -F q - sp
    assert_output '(`upd;`t;(1 2;`a`b))'
    serve
    run feed --spool sp ":$port" <<<3,c
    assert_success
    assert_equal "$(ask got)" '1 2 3'
    run feed --spool sp ":$port" </dev/null
    assert_success
    assert_equal "$(ask calls)" 2
}

@test "KILL loses nothing that was accepted" {
    serve
    gone=$port
    stop_listen || true
    mkfifo fifo copy
    feed --spool sp --reconnect=inf --retry-delay=20ms --linger 0 --tee ":$gone" fifo >copy 3>&- 2>err &
    feeder=$!
    exec 5<copy 7>fifo
    echo 1,a >&7
    accepted 1,a
    echo 2,b >&7
    accepted 2,b
    kill -KILL "$feeder"
    wait "$feeder" || true
    serve -p "$gone" 5<&- 7>&-
    run feed --spool sp ":$gone" </dev/null
    assert_success
    run ask 'distinct got'
    assert_output --regexp '^(,1|1 2)$'
}

@test "a spool serves one process at a time, and must be a log" {
    serve
    echo hello, hello >bad
    run feed --spool bad ":$port" <<<1,a
    assert_failure 7
    mkfifo fifo copy
    feed --spool sp --tee ":$port" fifo >copy 3>&- &
    feeder=$!
    exec 5<copy 7>fifo
    echo 1,a >&7
    accepted 1,a
    run feed --spool sp ":$port" <<<2,b
    assert_failure 9
    assert_output --partial "in use by another process"
    exec 7>&-
    wait "$feeder"
}

@test "a full disk stops neither delivery nor, for long, the reader" {
    serve
    gone=$port
    seq 20000 | sed 's/$/,x/' >in
    # Beyond 64 KiB writes to files fail.
    run bash -c "ulimit -f 64; trap '' XFSZ
        kq-pipe -t t -Y JS --call upd -b 500 --spool sp ':$port' in"
    assert_success
    assert_equal "$(ask 'got~1+til 20000')" 1b
    stop_listen || true
    serve -p "$gone"
    stop_listen || true
    (ulimit -f 64; trap '' XFSZ
        exec kq-pipe -t t -Y JS --call upd -b 500 --buffer 20k --spool sp2 --reconnect=inf \
            --retry-delay=10ms ":$gone" in) 3>&- 2>err &
    feeder=$!
    until grep -q 'rows stay in memory' err; do kill -0 "$feeder"; done
    serve -p "$gone"
    wait "$feeder"
    assert_equal "$(ask 'got~1+til 20000')" 1b
}

@test "rows that the disk has no room for are not said to be on it" {
    serve
    gone=$port
    stop_listen || true
    seq 3000 | sed 's/$/,x/' >in
    run bash -c "ulimit -f 8; trap '' XFSZ
        kq-pipe -t t -Y JS --call upd -b 500 --spool sp --reconnect=inf --drain=50ms ':$gone' in"
    assert_failure 5
    assert_line --regexp ': 500 rows not confirmed; they are in the spool$'
    assert_line --regexp ': 2500 rows not confirmed, from in line 501 on$'
}

@test "state, statistics, progress" {
    serve
    run feed --state st -s ":$port" <<<$'1,a\n2,b'
    assert_success
    assert_line --regexp '^confirmed +2$'
    run jq -c '[.rows,.bytes,.acked,.status]' st
    [ "$status" -eq 127 ] || assert_output '[2,8,2,0]'
    assert_equal "$(grep -c '"rows":2,"bytes":8,"acked":2' st)" 1
    run --separate-stderr feed --stats=json ":$port" <<<1,a
    assert_equal "$(grep -c '"acked":1' <<<"$stderr")" 1
}

@test "--rate and --pace take their time" {
    serve
    start=$EPOCHREALTIME
    run feed --rate 100 ":$port" <<<"$(seq 30 | sed 's/$/,x/')"
    assert_success
    run kq-pipe -q -t t -Y TS --call upd --pace=2 ":$port" <<<$'00:00:00.000,a\n00:00:00.400,b'
    assert_success
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit !(b - a > 0.45) }'
    assert_equal "$(ask 'count got')" 32
    run kq-pipe -n -t t -Y PS --call upd -F ipc -o msgs --shape rows - <<<$'2024.01.01D00:00:00,a\n2024.01.01D00:00:01,b'
    start=$EPOCHREALTIME
    run kq-pipe -q -I ipc --pace=10 ":$port" msgs
    assert_success
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit !(b - a > 0.09) }'
}

@test "the wire bytes are recorded" {
    serve
    run feed -w wire ":$port" <<<1,a
    assert_success
    [ -s wire ]
}

teardown() {
    exec 5<&- 7>&-
    stop_servers
}
