#!/usr/bin/env bats
# listen_log.bats - what the log of kq-listen shows, and the limits on a connection and a request.

# start_listen sets port and server.
# shellcheck disable=SC2154,SC2016

load common
load raw

log() { cat "$BATS_TEST_TMPDIR/listen.out"; }

@test "long and deep values are cut in the text log, whole in JSON, or as asked" {
    start_listen --log text
    kq-send -F none ":$port" 'til 1000'
    stop_listen
    run log
    assert_output --regexp ' 38 39\.\.'
    start_listen --log text --max-items 3
    kq-send -F none ":$port" 'til 1000'
    stop_listen
    run tail -2 listen.out
    assert_output --regexp ' 0 1 2\.\.'
    rm listen.out
    start_listen --log json
    kq-send -F none ":$port" 'til 1000'
    stop_listen
    run jq -c 'select(.kind=="response")|.value|length' listen.out
    assert_output 1000
}

@test "the times of the log, hexdumps, exact integers" {
    start_listen --log json --time-format epoch
    kq-send ":$port" 1 >/dev/null
    stop_listen
    # The members of JSON are what they are in every tool.
    run jq -r '.time|test("^20[0-9-]{8}T[0-9:]{8}[.][0-9]{9}Z$")' listen.out
    refute_output --partial false
    rm listen.out
    start_listen --log text --time-format epoch
    stop_listen
    run log
    assert_output --regexp '^[0-9]{10}\.[0-9]{9}  listening'
    rm listen.out
    start_listen --log json --int64 string
    kq-send ":$port" 9007199254740993 >/dev/null
    stop_listen
    run jq -r 'select(.kind=="response").value' listen.out
    assert_output 9007199254740993
    rm listen.out
    start_listen --log text -x
    kq-send ":$port" 2+2 >/dev/null
    stop_listen
    run log
    assert_output --regexp '00000000: 0101 0000 1100 0000 0a00 0300 0000 322b'
    rm listen.out
    start_listen --log text --time-format rel
    stop_listen
    run log
    assert_output --regexp '^0\.0'
}

@test "-q and --log none say nothing, and what q prints comes all the same" {
    for quiet in -q '--log none'; do
        # shellcheck disable=SC2086
        start_listen $quiet
        kq-send ":$port" -- '-1"printed";'
        stop_listen
        run log
        assert_output printed
        rm listen.out
    done
}

@test "a log that cannot be written is 9" {
    start_listen --log text -o /dev/full
    kq-send ":$port" 1 >/dev/null
    status=0
    stop_listen || status=$?
    assert_equal "$status" 9
    run cat listen.err
    assert_output 'kq-listen: /dev/full: cannot write: No space left on device'
}

@test "--idle-timeout closes who is silent, also before the login" {
    start_listen --log text --idle-timeout 50ms
    raw_open
    raw_login
    assert_equal "$(raw_rest)" ''
    run kq-send ":$port" 2+2
    assert_output 4
    stop_listen
    run log
    assert_output --partial 'no traffic for 50ms'
}

@test "-T stops a query, --memory bounds its values, --capability the protocol" {
    start_listen --log none -T 50ms
    run kq-send -q ":$port" 'while[1b;]'
    assert_failure 4
    assert_output "'stop"
    run kq-send ":$port" 2+2
    assert_output 4
    start_listen --log none --memory 20
    run kq-send -q ":$port" 'til 100000000'
    assert_failure 4
    assert_output "'wsfull"
    run kq-send -F q ":$port" 'count til 1000000'
    assert_output 1000000
    start_listen --log none --capability 1
    raw_open
    raw_send 0600
    assert_equal "$(raw_read 1)" 01
    raw_close
}

@test "--debug-config says what holds and why" {
    run kq-listen --debug-config --max-queue 8M -p 5001
    assert_success
    assert_output --regexp 'max-queue = 8M +\(command line\)'
}
