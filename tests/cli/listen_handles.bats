#!/usr/bin/env bats
# listen_handles.bats - what q code does with handles: its clients', and its own to other servers.

# start_listen sets port and server; `a is q.
# shellcheck disable=SC2030,SC2031,SC2154,SC2016

load common
load raw

ask() { kq-send -F q -- ":$port" "$1"; }

# two servers: $far is the port of the other one
two() {
    start_listen --log none "$@"
    far=$port
    start_listen --log none
}

@test "hopen, sync, async, flush, hclose" {
    two
    run ask "h:hopen $far; type h"
    assert_output -- -6h
    run ask 'h "2+3"'
    assert_output 5
    run ask 'h (+;1;2)'
    assert_output 3
    ask 'neg[h] "a:42"; neg[h][]; neg[h](::)' >/dev/null
    run ask 'h `a'
    assert_output 42
    run ask 'h "1+`a"'
    assert_failure 4
    assert_output --partial "'type"
    run ask 'hclose h; h in key .z.W'
    assert_output 0b
    run ask 'h "1"'
    assert_failure 4
    assert_output --regexp "Cannot write to handle [0-9]+. OS reports: Bad file descriptor"
    run ask 'hclose h'
    assert_output --partial 'close handle'
}

@test "every form of target; one-shots" {
    two -U <(echo ann:pw)
    for target in ":localhost:$far:ann:pw" "::$far:ann:pw" ":unix://$far:ann:pw"; do
        run ask "h:hopen \`\$\"$target\"; r:h\".z.u\"; hclose h; r"
        assert_output '`ann'
        run ask "(\`\$\"$target\")\"2+2\""
        assert_output 4
    done
    run ask "hopen (\"::$far:ann:pw\";1000)"
    assert_success
    run ask "hopen \"::$far:ann:wrong\""
    assert_output --partial "'access"
    run ask "hopen 1"
    assert_output --partial "'hop. OS reports: connection refused"
    run ask 'hopen `:some/file'
    assert_output --partial "'access"
}

@test "hopen with a timeout that is over" {
    start_listen --log none --fault no-handshake
    far=$port
    start_listen --log none
    run ask "hopen (\"::$far\";50)"
    assert_output --partial "'timeout"
}

@test "while q code waits for another process, others are served" {
    two
    kq-send ":$far" 'slow:{t:.z.p;while[.z.p<t+0D00:00:00.3;];x}' >/dev/null
    ask "h:hopen $far" >/dev/null
    ask 'h (`slow;7)' >slow 3>&- &
    client=$!
    until [ "$(ask 'count .z.W')" -ge 3 ]; do :; done
    run ask '2+2'
    assert_output 4
    # the wait belongs to that request alone: its user and handle are not ours
    run ask '.z.w in key .z.W'
    assert_output 1b
    wait "$client"
    assert_equal "$(cat slow)" 7
}

@test "two servers call each other and back" {
    two
    kq-send ":$far" 'twice:{2*x}' >/dev/null
    ask "h:hopen $far" >/dev/null
    ask 'half:{x%2}' >/dev/null
    run ask 'h ({[f;x] .z.w ({[y] half y}; twice x)};`;21)'
    assert_output 21f
}

@test "a server asks its client while it answers it" {
    start_listen --log none
    raw_open
    raw_login
    raw_send "$(sync "$(text '1+.z.w"question"')")"
    assert_equal "$(raw_read 22)" "$(sync "$(text question)")"
    raw_send "$(response f90500000000000000)"
    assert_equal "$(raw_read 17)" "$(response f90600000000000000)"
    raw_close
}

@test "h[] waits for any message" {
    start_listen --log none
    raw_open
    raw_login
    raw_send "$(sync "$(text 'neg[.z.w]0x01;1+.z.w[]')")"
    assert_equal "$(raw_read 10)" "$(async fc01)"
    raw_send "$(async f90500000000000000)"
    assert_equal "$(raw_read 17)" "$(response f90600000000000000)"
    raw_close
}

@test "the other server dies, or takes longer than -T" {
    two
    kq-send ":$far" 'stop:{exit 0}' >/dev/null
    ask "h:hopen $far" >/dev/null
    kill "${servers[0]}"
    run ask 'h"1"'
    assert_failure 4
    start_listen --log none --fault hang
    far=$port
    start_listen --log none -T 50ms
    ask "h:hopen $far" >/dev/null
    run ask 'h"1"'
    assert_failure 4
    assert_output --partial "'stop"
}

@test ".z.pc comes for clients, not for what we close ourselves" {
    echo 'gone:(); .z.pc:{gone,:x}' >pc.q
    start_listen --log none pc.q
    raw_open
    raw_login
    raw_send "$(sync "$(text .z.w)")"
    raw_read 13 >/dev/null
    raw_close
    until [ "$(ask 'count gone')" -gt 0 ]; do :; done
    ask 'gone:()' >/dev/null
    raw_open
    raw_login
    raw_send "$(async "$(text 'hclose .z.w')")"
    assert_equal "$(raw_rest)" ''
    run ask 'count gone'
    assert_output 1 # that of the client that emptied the list
}

@test "an answer put off with -30!" {
    echo 'w:(); .z.pg:{$[x~"later";[w,:.z.w;-30!(::)];value x]}' >later.q
    start_listen --log none later.q
    raw_open
    raw_login
    raw_send "$(sync "$(text later)")$(sync f90300000000000000)"
    # the next request is answered before
    assert_equal "$(raw_read 17)" "$(response f90300000000000000)"
    run ask '-30!(first w;0b;42)'
    assert_success
    assert_equal "$(raw_read 17)" "$(response f92a00000000000000)"
    run ask '-30!(first w;0b;42)'
    assert_output --regexp "'Handle [0-9]+ was not expecting a response msg"
    raw_send "$(sync "$(text later)")"
    until [ "$(ask 'count w')" = 2 ]; do :; done
    ask '-30!(first w;1b;"why")' >/dev/null
    assert_equal "$(raw_read 13)" "$(response 8077687900)"
    run ask '-30!(999i;0b;1)'
    assert_output --partial "'domain"
    # what needs no answer cannot put it off
    raw_send "$(async "$(text 'r:@[-30!;::;{x}]')")"
    until [ "$(ask r 2>/dev/null)" = '"domain"' ]; do :; done
}

@test "-25! serialises once and sends to all" {
    start_listen --log none
    raw_open
    raw_login
    raw_send "$(async "$(text 'h:.z.w')")"
    until ask h >/dev/null 2>&1; do :; done
    ask '-25!(enlist h;0x01)' >/dev/null
    assert_equal "$(raw_read 10)" "$(async fc01)"
    run ask '-25!(enlist h;::)'
    assert_success
    run ask '-25!(1 2i;`x)'
    assert_output --partial "'1 is not an ipc handle"
    raw_close
}

@test "-38! and .z.H know the handles" {
    start_listen --log none
    run ask '-38!.z.w'
    assert_output '`p`f`z`n`m!("q";"t";0b;0i;0)'
    run ask 'cols -38!key .z.W'
    assert_output '`p`f`z`n`m'
    run ask '.z.w in .z.H'
    assert_output 1b
    run ask '-38!999i'
    assert_output --partial "'domain"
    run kq-send -F q "unix://$port" '(-38!.z.w)`f'
    assert_output '"u"'
}

@test ".z.W shows what a slow reader leaves unread" {
    start_listen --log none
    raw_open
    raw_login
    raw_send "$(async "$(text 'h:.z.w;do[300;neg[h]65536#0x00]')")"
    until [ "$(ask '.z.W h' 2>/dev/null)" -gt 1000000 ] 2>/dev/null; do :; done
    raw_close
}

@test ".u.sub and .u.pub: a tickerplant in a few lines" {
    cat >tick.q <<'Q'
trade:([]time:`timespan$();sym:`$();price:`float$())
.u.w:()
.u.sub:{[t;s].u.w,:.z.w;(t;0#value t)}
.u.pub:{[t;x]{[m;h]neg[h]m}[(`upd;t;x)]each .u.w}
upd:{[t;x]t insert x;.u.pub[t;x]}
.z.pc:{.u.w:.u.w except x}
Q
    start_listen --log none tick.q
    kq-send -S -c 3 -F q ":$port" '.u.sub[`trade;`]' >got 3>&- &
    subscriber=$!
    until [ "$(ask 'count .u.w')" = 1 ]; do :; done
    for i in 1 2 3; do
        kq-send -a --confirm ":$port" -I q "(\`upd;\`trade;(0D00:00:0$i;\`a;${i}f))"
    done
    wait "$subscriber"
    run cat got
    assert_output "$(printf '%s\n' '(`trade;+`time`sym`price!(`timespan$();`symbol$();`float$()))' \
        '(`upd;`trade;(0D00:00:01.000000000;`a;1f))' '(`upd;`trade;(0D00:00:02.000000000;`a;2f))' \
        '(`upd;`trade;(0D00:00:03.000000000;`a;3f))')"
    run ask 'count trade'
    assert_output 3
}

@test "a trap guards what is sent on a handle, too" {
    start_listen --log none
    run kq-send -q -F raw ":$port" '@[neg 99;"x";{"sent: ",x}]'
    assert_output 'sent: Cannot write to handle 99. OS reports: Bad file descriptor'
    run kq-send -q -F raw ":$port" '.[99i;enlist"x";{"sent: ",x}]'
    assert_output 'sent: Cannot write to handle 99. OS reports: Bad file descriptor'
    run kq-send -q -F q ":$port" "h:hopen $port;r:@[h;\"1+1\";::],@[h;\"1+\`a\";{count x}];hclose h;r"
    assert_output '2 4'
}
