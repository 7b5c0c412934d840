#!/usr/bin/env bats
# listen_ports.bats - where kq-listen listens: the grammar of q -p, \p at run time, sockets of systemd.

# start_listen sets port and server, run --separate-stderr sets stderr.
# shellcheck disable=SC2154,SC2016

load common

# ask TARGET: 4, or why not
ask() { kq-send -q "$@" 2+2; }

has_ipv6() { [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6; }

# activate_listen [ARG OF activate]... -- [ARG]...: sets port (when a TCP socket was asked for),
# server (of activate) and told, the file of what kq-listen tells the service manager.
activate_listen() {
    local words=()
    while [ "$1" != -- ]; do words+=("$1") && shift; done
    shift
    told=$BATS_TEST_TMPDIR/lines
    : >"$told"
    activate "${words[@]}" -- kq-listen --log none "$@" >"$told" 2>listen.err 3>&- </dev/null &
    server=$!
    servers+=("$server")
    until grep -q '^READY=1$' "$told"; do kill -0 "$server" || return 1; done
    port=$(grep -m 1 -x '[0-9]*' "$told") || true
}

@test "a range: one of its ports, and the next when that is taken" {
    start_listen --log none 0W
    # Two ports that were free a moment ago make a range of which the first is taken.
    first=$port
    start_listen --log none "$first/$((first + 200))"
    [ "$port" -gt "$first" ] && [ "$port" -le $((first + 200)) ]
    run ask ":$port"
    assert_output 4
    run kq-listen --log none "$first/$first"
    assert_failure 3
    assert_output --partial 'Address already in use'
    run kq-listen --log none 30/20
    assert_failure 2
    assert_output 'kq-listen: port range 30/20 is empty'
}

@test "rp: several servers share a port, without the Unix socket" {
    start_listen --log none rp,0W
    shared=$port
    start_listen --log none "rp,$shared"
    assert_equal "$port" "$shared"
    run ask ":$port"
    assert_output 4
    run kq-send "unix://$port" 2+2
    assert_failure 3
    run kq-listen --log none "$shared"
    assert_failure 3
}

@test "the loopback only, unless a host says more" {
    start_listen --log none 0W
    run ask "127.0.0.1:$port"
    assert_output 4
    ! has_ipv6 || assert_equal "$(ask "[::1]:$port")" 4
    run ask "127.0.0.2:$port"
    assert_failure 3
    start_listen --log none 0.0.0.0:0W
    run ask "127.0.0.2:$port"
    assert_output 4
    start_listen --log none 127.0.0.2:0W
    run ask "127.0.0.2:$port"
    assert_output 4
    run ask "127.0.0.1:$port"
    assert_failure 3
}

@test "IPv6, and -4 and -6" {
    has_ipv6 || skip "no IPv6 here"
    start_listen --log none '[::1]:0W'
    run ask "[::1]:$port"
    assert_output 4
    run ask "127.0.0.1:$port"
    assert_failure 3
    start_listen --log none -6
    run ask "[::1]:$port"
    assert_output 4
    run ask "127.0.0.1:$port"
    assert_failure 3
    start_listen --log none -4
    run ask "127.0.0.1:$port"
    assert_output 4
    run ask "[::1]:$port"
    assert_failure 3
}

@test "the Unix socket of the port: abstract, in QUDSPATH, or none" {
    start_listen --log none
    run kq-send "unix://$port" .z.a
    assert_output 0i
    mkdir uds
    QUDSPATH=$PWD/uds start_listen --log none
    run kq-send "unix://$port" 2+2
    assert_failure 3
    QUDSPATH=$PWD/uds run kq-send "unix://$port" 2+2
    assert_output 4
    QUDSPATH='' start_listen --log none
    run kq-send "unix://$port" 2+2
    assert_failure 3
}

@test "a Unix socket with a path: left over by a dead server, taken, removed at the end" {
    start_listen --log none "unix://$PWD/a.sock"
    kill -9 "$server"
    wait "$server" || true
    [ -S a.sock ]
    start_listen --log none "unix://$PWD/a.sock"
    run ask "unix://$PWD/a.sock"
    assert_output 4
    run kq-listen "unix://$PWD/a.sock"
    assert_failure 3
    stop_listen
    [ ! -e a.sock ]
    echo precious >file
    run kq-listen "unix://$PWD/file"
    assert_failure 3
    assert_equal "$(cat file)" precious
}

@test "nonsense" {
    for bad in 99999 1.2.3.4: '[::1' 'rp,' ''; do
        run kq-listen "$bad"
        assert_failure 2
    done
    run kq-listen no-such-service
    assert_failure 3
    assert_output "kq-listen: unknown service 'no-such-service'"
    run kq-listen unix:///no/such/folder/x
    assert_failure 3
    assert_output 'kq-listen: cannot listen on unix:///no/such/folder/x: No such file or directory'
}

@test "\\p moves the port and closes it; who is connected stays" {
    start_listen --log text
    exec 8<>"/dev/tcp/127.0.0.1/$port"
    run kq-send ":$port" -F raw -e '\p 0W' -e '\p'
    moved=${lines[0]%i}
    run ask ":$moved"
    assert_output 4
    grep -q "listening port $moved" listen.out
    [ "$moved" = "$port" ] || ! kq-send -q ":$port" 2+2 2>/dev/null
    run kq-send ":$moved" -e '\p 0' -e '\p'
    assert_output 0i
    run kq-send -q ":$moved" 2+2
    assert_failure 3
    printf '\3\0' >&8
    assert_equal "$(head -c 1 <&8 | xxd -p)" 03
    exec 8>&-
}

@test "\\p to the port that it has, with another host; on failure everything stays" {
    start_listen --log none
    run kq-send ":$port" "\\p $port"
    assert_success
    run kq-send ":$port" "\\p 127.0.0.1:$port"
    assert_success
    run kq-send "[::1]:$port" 2+2
    assert_failure 3
    run kq-send "127.0.0.1:$port" "\\p 192.0.2.1:$port"
    assert_failure 4
    assert_output --partial "'cannot listen on 192.0.2.1:$port"
    run ask "127.0.0.1:$port"
    assert_output 4
    run kq-send "127.0.0.1:$port" '\p nosuch service'
    assert_failure 4
}

@test "a script may say where" {
    echo "system \"p unix://$PWD/s.sock\"" >a.q
    start_listen --log json a.q
    assert_equal "$port" 0
    run ask "unix://$PWD/s.sock"
    assert_output 4
    stop_listen
    echo '\p 0W' >a.q
    start_listen --log json a.q
    run ask ":$port"
    assert_output 4
    stop_listen
    run jq -r 'select(.event=="listening")|.detail' listen.out
    assert_output "$(printf '%s\n' 'port 0' "port $port")"
}

@test "the port file is whole or not there, and an old one is replaced" {
    echo old >p
    start_listen --log none --port-file p
    assert_equal "$(cat p)" "$port"
    assert_equal "$(ls)" "$(printf '%s\n' listen.err listen.out p ready)"
    run kq-listen --log none --port-file no/such/p
    assert_failure 9
    run kq-listen --log none --ready-fd 77
    assert_failure 9
    assert_output 'kq-listen: cannot write to descriptor 77: Bad file descriptor'
}

@test "sockets that systemd opened are taken, and it hears READY and STOPPING" {
    activate_listen tcp "$PWD/act.sock" --
    run ask ":$port"
    assert_output 4
    run ask "unix://$PWD/act.sock"
    assert_output 4
    kill "$server"
    wait "$server"
    assert_equal "$(cat "$told")" "$(printf '%s\n' "$port" READY=1 STOPPING=1)"
}

@test "a connection that waited for the activated server is served; -p adds to its sockets" {
    activate_listen tcp -- -p "unix://$PWD/more.sock" --port-file p
    assert_equal "$(cat p)" "$port"
    run ask "unix://$PWD/more.sock"
    assert_output 4
    run ask ":$port"
    assert_output 4
}

@test "the watchdog hears from it" {
    activate_listen -w 20 tcp --
    until [ "$(grep -c '^WATCHDOG=1$' "$told")" -ge 3 ]; do kill -0 "$server"; done
}

@test "LISTEN_FDS of another process is none of ours" {
    LISTEN_FDS=1 LISTEN_PID=1 start_listen --log none
    run ask ":$port"
    assert_output 4
}

@test "a socket of systemd and a credential of systemd: kq-listen activated, kq-pipe fed by a fifo" {
    echo 'feed:pw' >users
    activate_listen tcp -- -U users
    mkdir creds
    echo "localhost:$port:feed:pw" >creds/kq
    chmod 600 creds/kq
    mkfifo metrics.fifo
    printf '%s\n' 1,2 3,4 >metrics.fifo 3>&- &
    run kq-send -q -u feed ":$port" 1
    assert_failure 6
    export CREDENTIALS_DIRECTORY=$PWD/creds
    run kq-pipe -u feed -t m --columns a:j,b:j ":$port" metrics.fifo
    assert_success
    run kq-send -u feed -F q ":$port" m
    assert_output '+`a`b!(1 3;2 4)'
}
