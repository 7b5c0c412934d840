#!/usr/bin/env bats
# listen_callbacks.bats - the .z handlers: when each is called, with what, and what its value does.
# Those of HTTP are in listen_http.bats, those of WebSocket in interop/ws.bats.

# start_listen sets port and server; `a is q.
# shellcheck disable=SC2030,SC2031,SC2154,SC2016

load common
load raw

ask() { kq-send -F q -- ":$port" "$1"; }

# with SCRIPT [ARG]...: a server that has loaded these lines
with() {
    printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/script.q"
    start_listen --log none "$BATS_TEST_TMPDIR/script.q" "${@:2}"
}

# until_is EXPRESSION VALUE
until_is() {
    until [ "$(ask "$1" 2>/dev/null)" = "$2" ]; do :; done
}

@test ".z.pg answers sync messages; \\x brings the default back" {
    with '.z.pg:{(`pg;.z.w in key .z.W;x)}'
    run ask '1+1'
    assert_output '(`pg;1b;"1+1")'
    run ask '`a`b'
    assert_output '(`pg;1b;"`a`b")'
    with 'calls:0; .z.pg:{calls+:1;value x}'
    run ask 'system"x .z.pg"; 2+2'
    assert_output 4
    run ask 'calls'
    assert_output 1
    with '.z.pg:{1+`a}'
    run ask '2+2'
    assert_failure 4
    assert_output --partial "'type"
}

@test ".z.ps gets async messages, whose value goes nowhere; errors go to the console" {
    with 'got:(); .z.ps:{got,:enlist(.z.w in key .z.W;x)}'
    kq-send -a --confirm ":$port" '1+1'
    run ask 'got'
    assert_output ',(1b;"1+1")'
    with 'a:1'
    kq-send -a --confirm ":$port" '1+`a'
    run cat "$BATS_TEST_TMPDIR/listen.err"
    assert_output --partial "'type"
}

@test ".z.po and .z.pc get the handle; .z.pc when it is closed already" {
    with 'seen:(); .z.po:{seen,:enlist(`po;x=.z.w;x in key .z.W)}; .z.pc:{seen,:enlist(`pc;.z.w=x;x in key .z.W)}'
    raw_open
    raw_login
    raw_send "$(sync "$(text 'seen')")"
    raw_read 28 >/dev/null
    raw_close
    until_is '`pc in first each seen' 1b
    run ask '2#distinct seen'
    assert_output '((`po;1b;1b);(`pc;1b;0b))'
}

@test ".z.pw gets user and password and decides" {
    with 'seen:(); .z.pw:{[u;p] seen,:enlist(u;p;.z.u;0<.z.w); u=`ann}'
    run kq-send -q -F q "::$port:ann:secret" 'seen'
    assert_output ',(`ann;"secret";`ann;1b)'
    run kq-send -q "::$port:bob:x" '1'
    assert_failure 6
    with '.z.pw:{[u;p] 1+`a}'
    run kq-send -q "::$port:ann:secret" '1'
    assert_failure 6
    with '.z.pw:{[u;p] 1}'
    run kq-send -q "::$port:ann:secret" '1'
    assert_failure 6
}

@test ".z.pw comes after the password file" {
    echo ann:secret >users
    with 'calls:0; .z.pw:{[u;p] calls+:1; 1b}' -U users
    run kq-send -q "::$port:ann:wrong" '1'
    assert_failure 6
    run kq-send -q -F q "::$port:ann:secret" 'calls'
    assert_output 1
}

@test ".z.pi and .z.pq get the console client's line" {
    with '.z.pi:{"pi ",x," ",string .z.u}'
    run kq-send -q --qcon "::$port:ann:" '2+2'
    assert_output 'pi 2+2 ann'
    ask '.z.pq:{"pq ",x}' >/dev/null
    run kq-send --qcon ":$port" '2+2'
    assert_output 'pq 2+2'
}

@test ".z.bm gets handle and bytes of what nobody can read" {
    with 'bad:(); .z.bm:{bad,:enlist(x[0]=.z.w;x 1)}'
    raw_open
    raw_login
    raw_send "$(sync 63)"
    run raw_rest
    assert_output ''
    until_is 'count bad' 1
    run ask 'first bad'
    assert_output "(1b;0x$(sync 63))"
}

@test ".z.ts runs every -t milliseconds, or as \\t says" {
    with 'n:0; .z.ts:{n+:1;latest::x}' -t 5
    until_is 'n>3' 1b
    run ask 'type latest'
    assert_output -- -12h
    run ask 'system"t"'
    assert_output 5i
    run ask 'system"t 0"; n:0; system"t"'
    assert_output 0i
    # an error in it ends nothing
    run ask '.z.ts:{n+:1;1+`a}; system"t 3"'
    until_is 'n>3' 1b
    run cat "$BATS_TEST_TMPDIR/listen.err"
    assert_output --partial "'type in .z.ts"
}

@test ".z.exit gets the status" {
    with '.z.exit:{-1"bye ",string x}'
    run ask 'exit 3'
    wait "$server" && status=0 || status=$?
    assert_equal "$status" 3
    run cat "$BATS_TEST_TMPDIR/listen.out"
    assert_output 'bye 3'
}

@test ".z.vs gets name and indices of what was set" {
    with 'sets:(); .z.vs:{`sets set sets,enlist(x;y)}'
    run ask 'm:(1 2;3 4); m[1;0]:7; m,:enlist 5 6; `n set 3; .a.b:4; {l:x}1; @[`m;0;:;8 9]; sets'
    assert_output '((`m;());(`m;1 0);(`m;());(`n;());(`m;,0))'
    run ask 't:([]a:1 2); `t insert enlist 3; `t upsert enlist 4; -3#sets'
    assert_output '((`t;());(`t;());(`t;()))'
    run ask '.z.vs:{[n;i]$[n=`locked;'"'"'"no";]}; locked:1'
    assert_failure 4
    assert_output --partial "'no"
}

@test "a handler that is no function, or wants other arguments" {
    with '.z.pg:42; .z.po:1 2 3'
    run ask '2+2'
    assert_failure 4
    with '.z.pg:{[a;b]a}'
    run ask '2+2'
    assert_success # a projection
    with '.z.pc:{[a;b]1+`}; .z.po:{1+`a}'
    run ask '2+2'
    assert_output 4
}

@test "-b and reval let nobody change anything" {
    with 'a:1;d:`x`y!1 2;t:([]a:1 2);.n.a:1;f:{a::x};g:{[x]b:x;b+:1;b};s:`a`b' -b
    for change in 'a:2' 'new:1' 'a+:1' 'a,:1' 'd[`x]:5' 'f 3' '`a set 3' '@[`d;`x;:;9]' '.[`d;enlist`x;+;9]' \
        '`t insert 3' '`t upsert 3' '.n.a:2' 'delete a from `.' 'v::a+1' '`s?`c' 'update a:5 from `t' \
        '.z.pg:{x}' 'system"x .z.pg"' 'd.x:4' 'system"_ 0"'; do
        run ask "$change"
        assert_failure 4
        case $change in *_*) ;; *) assert_output --partial "'noupdate" ;; esac
    done
    run ask '(a;d;t;.n.a;g 1;s)'
    assert_output '(1;`x`y!1 2;+(,`a)!,1 2;1;2;`a`b)'
    run ask 'system"_"'
    assert_output 1b
    run curl -s "http://127.0.0.1:$port/csv?a:5"
    assert_output "'noupdate"
    # the server itself may: timers, handlers are bound as the client is
    with 'n:0; .z.ts:{n+:1}; system"_ 1"' -t 1
    until_is 'n>2' 1b
    with 'a:1'
    run ask 'reval parse"a:2"'
    assert_output --partial "'noupdate"
    run ask 'reval(+;1;2)'
    assert_output 3
    run ask 'a:2; a'
    assert_output 2
}

@test "-T stops what runs longer, and only that" {
    with 'a:1' -T 50ms
    run ask 'while[1b;a+:1]'
    assert_failure 4
    assert_output --partial "'stop"
    run ask '@[{while[1b;a+:1]};0;{`caught}]'
    assert_failure 4
    run ask '2+2'
    assert_output 4
}

@test "SIGINT stops the request that runs, and nothing else" {
    cat >"$BATS_TEST_TMPDIR/script.q" <<'Q'
n:0
spin:{-1"began";while[1b;n+:1]}
Q
    start_listen --log none "$BATS_TEST_TMPDIR/script.q"
    ask 'spin[]' >answer 2>&1 3>&- &
    client=$!
    until grep -q began "$BATS_TEST_TMPDIR/listen.out"; do :; done
    kill -INT "$server"
    wait "$client" || :
    run cat answer
    assert_output --partial "'stop"
    run ask '2+2'
    assert_output 4
    # when nothing runs it ends the server
    stop_listen INT
}
