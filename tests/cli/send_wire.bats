#!/usr/bin/env bats
# kq-send and servers that misbehave: every failure has its message and its exit status.

# start_stub sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016

load common

FOUR=0102000011000000f90400000000000000

@test "nobody listens: 3, also with input waiting" {
    run kq-send :1 x
    assert_failure 3
    assert_output "kq-send: localhost:1: connection refused"
    run kq-send :1 <<<x
    assert_failure 3
}

@test "the login carries user, password with colons, and capability" {
    start_stub login read send=$FOUR
    run kq-send -q "localhost:$port:bob:s3:cret" x
    assert_success
    stop_stub
    assert_equal "$(head -1 stub.out)" "$(printf 'bob:s3:cret\6' | xxd -p)00"
    start_stub login=3 read send=$FOUR
    run kq-send --capability=3 -u ann ":$port" x
    stop_stub
    assert_equal "$(head -1 stub.out)" 616e6e0300
}

@test "a refused login is 6, also while standard input is open" {
    start_stub refuse
    run kq-send ":$port" x
    assert_failure 6
    assert_output --partial "access denied"
    start_stub refuse
    mkfifo never
    exec 8<>never
    run kq-send ":$port" <never 8>&-
    exec 8>&-
    assert_failure 6
}

@test "a server that does not answer the login: 5, and it says so" {
    start_stub stall
    run kq-send --connect-timeout=100ms ":$port" x
    assert_failure 5
    assert_output --partial "handshake timed out after 100ms"
}

@test "a server that does not answer the query: 5, and it says so" {
    start_stub login read stall
    run kq-send -T 100ms ":$port" x
    assert_failure 5
    assert_output "kq-send: localhost:$port: no answer within 100ms"
}

@test "closed instead of an answer: 8, or 0 with --allow-close" {
    start_stub login read close
    run kq-send ":$port" x
    assert_failure 8
    assert_output "kq-send: localhost:$port: connection closed by the server"
    start_stub login read close
    run kq-send --allow-close ":$port" 'exit 0'
    assert_success
    assert_output ""
}

@test "closed or reset in the middle of an answer: 8" {
    start_stub login read send=0102000011000000f904 close
    run kq-send ":$port" x
    assert_failure 8
    start_stub login read reset
    run kq-send ":$port" x
    assert_failure 8
}

@test "a server that goes away while standard input is idle is noticed" {
    start_stub login read send=$FOUR close
    mkfifo lines
    exec 8<>lines
    echo x >&8
    run kq-send -l ":$port" <lines 8>&-
    exec 8>&-
    assert_failure 8
    assert_line 4
}

@test "an enormous length is refused before anything is allocated" {
    # A sanitizer build needs all the address space there is.
    local limit='ulimit -v 200000'
    [[ $KQ_BUILD != *san ]] || limit=:
    start_stub login read send=01020000ffffffff stall
    run bash -c "$limit; kq-send :$port x"
    assert_failure 7
    assert_output --partial "message of 4294967295 bytes is over the limit of 2147483648"
    start_stub login read send=0102000012000000 stall
    run kq-send --max-size=17 ":$port" x
    assert_failure 7
    assert_output --partial "over the limit of 17"
    # Without a limit memory follows what comes, not what is announced.
    start_stub login read send=01020000ffffffff00 close
    run bash -c "$limit; kq-send --max-size=none :$port x"
    assert_failure 8
}

@test "what is no kdb+ message is 7" {
    start_stub login read send=485454502f312e31 stall
    run kq-send ":$port" x
    assert_failure 7
    assert_output --partial "not a kdb+ message"
    # an int that is cut off, an unknown type, bytes left over
    local bad
    for bad in 010200000b000000fa2a00 010200000b000000c82a00 010200000b000000650000; do
        start_stub login read send=$bad
        run kq-send ":$port" x
        assert_failure 7
        assert_output --partial "at byte"
    done
}

@test "--retry tries again, --wait until the server is there" {
    # A refused login is an answer; only failed connects are tried again.
    start_stub refuse
    run kq-send --retry=2 --retry-delay=1ms ":$port" x
    assert_failure 6
    run kq-send -v --retry=2 --retry-delay=1ms :1 x
    assert_failure 3
    assert_equal "$(grep -c 'trying again' <<<"$output")" 2
    run kq-send --wait=50ms --ping :1
    assert_failure 3
    start_stub login read send=$FOUR
    run kq-send --wait=5s ":$port" x
    assert_output 4
}

@test "^C ends the wait with 130 and a word about the query" {
    mkfifo stub.out
    exec 8<>stub.out
    start_stub login read stall
    # A shell starts background jobs with SIGINT ignored.
    env --default-signal=INT kq-send ":$port" x >out 2>&1 3>&- 8>&- &
    local pid=$! status=0
    # The stub prints login and query once it has read them.
    read -r -u 8 && read -r -u 8
    exec 8>&-
    kill -INT $pid
    wait $pid || status=$?
    assert_equal $status 130
    assert_equal "$(grep -c 'may still be running' out)" 1
}

@test "-4 and -6 choose the family" {
    start_stub login read send=$FOUR
    run kq-send -6 ":$port" x
    assert_failure 3
    run kq-send -4 ":$port" x
    assert_output 4
}

@test "-w records both directions without the password" {
    start_stub login read send=$FOUR
    run kq-send -q -w t.wire "localhost:$port:bob:secret" 2+2
    assert_output 4
    run cat t.wire
    assert_output --partial "KQWIRE1"
    refute_output --partial secret
    run grep -c '2+2' t.wire
    assert_output 1
}
