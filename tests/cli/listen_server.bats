#!/usr/bin/env bats
# listen_server.bats - kq-listen as a server: start, log, limits, handlers, end.

# start_listen sets port and server; `a is q.
# shellcheck disable=SC2154,SC2016,SC1003

load common
load raw

log() { cat "$BATS_TEST_TMPDIR/listen.out"; }

ASK=$(sync 0a0003000000322b32)    # "2+2"
FOUR=$(response f90400000000000000)

@test "the port file appears when connections are accepted" {
    start_listen --log none --port-file p
    assert_equal "$(cat p)" "$port"
}

@test "a port that is taken is 3, and a bad one 2" {
    start_listen --log none
    run kq-listen "$port"
    assert_failure 3
    assert_output "kq-listen: cannot listen on localhost:$port: Address already in use"
    run kq-listen 5000x/
    assert_failure 2
}

@test "several listeners serve the same workspace" {
    start_listen --log none 0W "unix://$BATS_TEST_TMPDIR/a.sock"
    kq-send ":$port" a:1
    run kq-send "unix://$BATS_TEST_TMPDIR/a.sock" a
    assert_output 1
}

@test "the port moves at run time, and the old one closes; not with -u 1" {
    start_listen --log none
    run kq-send -F raw ":$port" 'system"p 0W"; system"p"'
    moved=$output
    run kq-send ":$moved" 2+2
    assert_output 4
    [ "$moved" = "$port" ] || ! kq-send ":$port" 2+2
    start_listen --log none -u 1
    run kq-send ":$port" 'system"p"'
    assert_failure 4
    assert_output --partial "'access"
}

@test "SIGTERM ends it with 0, an answer that takes long included" {
    start_listen --log text -R 'delay=500ms slow=1'
    kq-send ":$port" slow >answer 3>&- &
    client=$!
    until grep -q ' sync .*"slow"' listen.out; do kill -0 "$client"; done
    kill "$server"
    wait "$client"
    assert_equal "$(cat answer)" 1
    wait "$server"
}

@test "exit and \\\\ end it, as they end q, but not from clients under -u 1" {
    echo '.z.exit:{-1"status ",string x}' >e.q
    start_listen --log none e.q
    run kq-send --allow-close ":$port" 'exit 3'
    assert_success
    status=0
    wait "$server" || status=$?
    assert_equal "$status" 3
    assert_equal "$(log)" 'status 3'
    start_listen --log none
    run kq-send -q ":$port" '\\'
    assert_failure 8
    wait "$server"
    start_listen --log none -u 1
    for word in 'exit 3' '\\'; do
        run kq-send ":$port" "$word"
        assert_failure 4
        assert_output --partial "'access"
    done
    echo 'exit 4' >e.q
    run kq-listen e.q
    assert_failure 4
    assert_output ''
}

@test "SIGHUP opens the file of -o anew" {
    start_listen --log text -o log
    kq-send ":$port" 1 >/dev/null
    mv log log.1
    kill -HUP "$server"
    until [ -e log ]; do :; done
    kq-send ":$port" '"second"' >/dev/null
    stop_listen
    run grep -c second log
    assert_output 2
    run grep -c second log.1
    assert_output 0
}

@test "-1 ends it after the first connection, but not after a mere look" {
    start_listen --log none -1
    exec 6<>"/dev/tcp/127.0.0.1/$port" 6>&-
    run kq-send ":$port" 2+2
    assert_output 4
    wait "$server"
}

@test "-c ends it after so many messages, the last one answered" {
    start_listen --log none -c 2
    kq-send ":$port" 1
    run kq-send ":$port" 2
    assert_output 2
    wait "$server"
}

@test "--timeout ends it when nothing happens" {
    start_listen --log none --timeout 10ms
    wait "$server"
}

@test "the log in JSON has the members of kq-dump" {
    start_listen --log json
    kq-send ":$port" '2+2' >/dev/null
    kq-send ":$port" 'nosuch' >/dev/null || true
    stop_listen
    run jq -c 'select(.kind=="sync")|[.v,.n,.conn,.kind,.size,.endian,.query,.error]' <(log)
    assert_line --index 0 '[1,0,1,"sync",17,"little","2+2",null]'
    run jq -c 'select(.kind=="response")|[.value,.error,.reply_to,.latency_us>0,.size]' <(log)
    assert_line --index 0 '[4,null,0,true,17]'
    assert_line --index 1 '[null,"nosuch",2,true,16]'
    run jq -r 'select(.event)|.event' <(log)
    assert_output "$(printf '%s\n' listening open close open close)"
}

@test "-m leaves out messages that do not match, and their answers" {
    start_listen --log json -m 'b'
    kq-send ":$port" '"a"' >/dev/null
    kq-send ":$port" '"b"' >/dev/null
    stop_listen
    run jq -r 'select(.kind)|.query // .value' <(log)
    assert_output "$(printf '%s\n' '"b"' b)"
}

@test "a login, byte by byte, and a message, byte by byte" {
    start_listen --log none
    raw_open
    for byte in 61 3a 62 06 00; do raw_send $byte; done
    assert_equal "$(raw_read 1)" 06
    for ((i = 0; i < ${#ASK}; i += 2)); do raw_send "${ASK:i:2}"; done
    assert_equal "$(raw_read 17)" "$FOUR"
    raw_close
}

@test "requests in one piece are answered in order, also when the client has closed its side" {
    start_listen --log none
    raw_open
    raw_login
    raw_send "$ASK$(sync f90700000000000000)$ASK"
    assert_equal "$(raw_read 51)" "$FOUR$(response f90700000000000000)$FOUR"
    raw_close
}

@test "a length of 2^40 is refused at once" {
    start_listen --log text
    raw_open
    raw_login
    raw_send 010100ffffffffff00
    assert_equal "$(raw_rest)" ''
    stop_listen
    run log
    assert_output --partial 'over the limit of 2147483648 (--max-size)'
}

@test "garbage ends the connection, after .z.bm has seen it" {
    echo '.z.bm:{bad::x}' >bm.q
    start_listen --log none bm.q
    raw_open
    raw_login
    raw_send ffffffffffffffffff
    assert_equal "$(raw_rest)" ''
    run kq-send ":$port" 'last bad'
    assert_output 0xffffffffffffffffff
    raw_open
    raw_login
    raw_send "$(sync 0a00ff000000)"
    assert_equal "$(raw_rest)" ''
    run kq-send ":$port" 'count last bad'
    assert_output 14
}

@test "a client that reads nothing holds up nobody and is cut off" {
    start_listen --log text --max-queue 3M
    raw_open
    raw_login
    many=
    # 8 MB of answers, 64 kB each
    for ((i = 0; i < 128; i++)); do many+=$(sync 0a000a00000036353536302322782220); done
    raw_send "$many"
    run kq-send ":$port" 2+2
    assert_output 4
    echo 'send:{do[200;neg[x] 65536#"x"]}' >push.q
    kq-send ":$port" '{do[200;(neg x) 65536#"x"]} each key .z.W' >/dev/null || true
    run kq-send ":$port" 2+2
    assert_output 4
    raw_close
}

@test "handlers run in kdb+'s order, with handle and user" {
    cat >h.q <<'Q'
seen:()
.z.pw:{[u;p] seen,:enlist(`pw;u;p);p~"sesame"}
.z.po:{seen,:enlist(`po;x=.z.w;.z.u)}
.z.pg:{seen,:enlist(`pg;.z.u;x);value x}
.z.ps:{seen,:enlist(`ps;.z.u;x);value x}
.z.pc:{seen,:enlist(`pc;x)}
Q
    start_listen --log none h.q
    run kq-send -q "localhost:$port:elmo:wrong" 1
    assert_failure 6
    kq-send -q -a --confirm "localhost:$port:elmo:sesame" 'a:1'
    run kq-send -q "localhost:$port:elmo:sesame" 'first each seen'
    assert_output '`pw`pw`po`ps`pg`pc`pw`po`pg'
    run kq-send -q "localhost:$port:elmo:sesame" 'seen 1'
    assert_output --partial 'sesame'
    run kq-send -q "localhost:$port:elmo:sesame" 'seen[2;1 2]'
    assert_output --partial 'elmo'
}

@test "the password file: plain, md5, sha1; SIGHUP reads it again" {
    {
        echo plain:sesame
        echo "md5:$(printf sesame | md5sum | cut -d' ' -f1)"
        echo "sha1:$(printf sesame | sha1sum | cut -d' ' -f1)"
    } >users
    start_listen --log none -U users
    for user in plain md5 sha1; do
        run kq-send -q "localhost:$port:$user:sesame" 2+2
        assert_output 4
        run kq-send -q "localhost:$port:$user:wrong" 2+2
        assert_failure 6
    done
    echo new:user >users
    kill -HUP "$server"
    until kq-send -q "localhost:$port:new:user" 2+2 2>/dev/null; do :; done
    run kq-send "localhost:$port:plain:sesame" 2+2
    assert_failure 6
}

@test "more connections than --max-conns are refused, the others stay" {
    start_listen --log text --max-conns 1
    raw_open
    raw_login
    run kq-send ":$port" 2+2
    assert_failure
    raw_send "$ASK"
    assert_equal "$(raw_read 17)" "$FOUR"
    raw_close
    stop_listen
    run log
    assert_output --partial 'too many connections'
}

@test "the console client's text: value, error, nothing" {
    start_listen --log none
    run kq-send --qcon ":$port" 'til 3'
    assert_output '0 1 2'
    run kq-send --qcon ":$port" '1+`a'
    assert_output "'type"
    run kq-send --qcon ":$port" 'a:1'
    assert_output ''
    kq-send ":$port" '.z.pi:{"<",x,">"}'
    run kq-send --qcon ":$port" 'abc'
    assert_output '<abc>'
    kq-send ":$port" '.z.pq:{"[",x,"]"}'
    run kq-send --qcon ":$port" 'abc'
    assert_output '[abc]'
}

@test "--no-qcon refuses it" {
    start_listen --log none --no-qcon
    run kq-send --qcon ":$port" 'til 3'
    assert_output ''
}

@test "big-endian and compressed answers on demand" {
    start_listen --log none --endian big --compress always
    run bash -c "kq-send -F ipc :$port 2+2 | xxd -p"
    assert_output 0002000000000011f90000000000000004
    run bash -c "kq-send -F ipc :$port '1000#0' | head -c 4 | xxd -p"
    assert_output 00020100
}

@test "-s counts" {
    start_listen --log none -s=json
    kq-send ":$port" 1 >/dev/null
    kq-send -a ":$port" 1
    stop_listen
    run jq -c '[.connections,.messages,.sync]' "$BATS_TEST_TMPDIR/listen.err"
    assert_output '[2,2,1]'
}

@test "-T stops a function of numbers in the middle of a long list" {
    start_listen --log none -T 0.05
    for slow in '2 xexp til 30000000' 'sin til 30000000'; do
        run kq-send ":$port" "$slow"
        assert_failure 4
        assert_output "'stop"
    done
    run kq-send ":$port" '2 xexp 1 2 3'
    assert_output '2 4 8f'
}
