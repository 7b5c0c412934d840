#!/usr/bin/env bats
# listen_users.bats - who is let into kq-listen, and what they may do.

# start_listen sets port and server.
# shellcheck disable=SC2154,SC2016,SC1003

load common
load raw

# verdict LOGIN...: the exit status of each
verdict() {
    local login status
    for login; do
        status=0
        kq-send -q "localhost:$port:$login" 2+2 >/dev/null 2>&1 || status=$?
        printf '%s ' $status
    done
}

@test "users, passwords with colons and blanks, none, letters in another case" {
    printf '%s\r\n' 'ann:a:b' 'bob: x ' 'eve:' >users
    start_listen --log none -U users
    assert_equal "$(verdict ann:a:b 'bob: x ' eve: eve)" '0 0 0 0 '
    assert_equal "$(verdict ann:a ann bob:x eve:x Ann:a:b nobody:x :)" '6 6 6 6 6 6 6 '
}

@test "a refused client sees the end and no reset, also when it has said more" {
    echo ann:pw >users
    start_listen --log none -U users
    raw_open
    raw_send "$(printf 'ann:no\3\0' | xxd -p)"
    run raw_rest
    assert_success
    assert_output ''
    raw_open
    raw_send "$(printf 'ann:no\3\0' | xxd -p)" "$(sync "$(text 2+2)")" "$(sync "$(text 2+2)")"
    run raw_rest
    assert_success
    assert_output ''
    raw_close
}

@test "an empty login is a client without credentials" {
    start_listen --log none
    raw_open
    raw_send 00
    assert_equal "$(raw_read 1)" 01
    raw_send "$(sync "$(text 2+2)")"
    assert_equal "$(raw_read 17)" "$(response f90400000000000000)"
    raw_close
}

@test "a password of 60000 bytes; a login without an end is cut off" {
    start_listen --log none
    kq-send ":$port" '.z.pw:{[u;p]n::count p;1b}'
    long=$(head -c 60000 /dev/zero | tr '\0' x)
    run kq-send --password-file <(echo "$long") -u ann ":$port" n
    assert_output 60000
    raw_open
    { head -c 200000 /dev/zero | tr '\0' x >&7; } 2>/dev/null || true
    raw_rest >/dev/null
    run kq-send ":$port" 2+2
    assert_output 4
}

@test ".z.pw decides after the file, and anything but 1b refuses" {
    echo 'ann:pw' >users
    start_listen --log none -U users
    kq-send -q "localhost:$port:ann:pw" '.z.pw:{[u;p]asked::u;not p~"x"}' >/dev/null
    assert_equal "$(verdict ann:pw ann:x)" '0 6 '
    kq-send -q "localhost:$port:ann:pw" '.z.pw:{[u;p]$[p~"pw";1b;`a`b]}'
    assert_equal "$(verdict ann:pw)" '0 '
    for bad in 1 '`yes' '()' '"1"' "'oops" '1+`a'; do
        start_listen --log none
        kq-send -q ":$port" ".z.pw:{[u;p]$bad}"
        assert_equal "$(verdict ann:pw)" '6 '
    done
}

@test "\\u and SIGHUP read the file again; a broken one changes nothing; sessions go on" {
    echo ann:pw >users
    start_listen --log none -U users
    exec 7<>"/dev/tcp/127.0.0.1/$port"
    printf 'ann:pw\3\0' >&7
    assert_equal "$(raw_read 1)" 03
    echo bob:pw >users
    assert_equal "$(verdict ann:pw bob:pw)" '0 6 '
    run kq-send -q "localhost:$port:ann:pw" '\u'
    assert_success
    assert_equal "$(verdict ann:pw bob:pw)" '6 0 '
    raw_send "$(sync "$(text 2+2)")"
    assert_equal "$(raw_read 17)" "$(response f90400000000000000)"
    printf 'carl:pw\nnonsense\n' >users
    run kq-send -q "localhost:$port:bob:pw" '\u'
    assert_failure 4
    assert_output "'users:2: expected user:password"
    kill -HUP "$server"
    until [ -s listen.err ]; do :; done
    assert_equal "$(cat listen.err)" 'kq-listen: users:2: expected user:password'
    assert_equal "$(verdict bob:pw carl:pw)" '0 6 '
    raw_close
}

@test "-u 1 takes no password, -u FILE does, and both keep clients from files and commands" {
    echo ann:pw >users
    start_listen --log none -u 1
    assert_equal "$(verdict ann:anything)" '0 '
    start_listen --log none -u users
    assert_equal "$(verdict ann:pw ann:x)" '0 6 '
    for word in 'system "pwd"' '\p 0W' '\u' '\t 1000' '\\' 'exit 0' 'read0 `:users' '`:users 0: ()' \
        'hopen `:users' 'hopen `:fifo://users' 'hdel `:users' 'getenv `HOME'; do
        run kq-send -q "localhost:$port:ann:pw" "$word"
        assert_failure 4
        assert_output "'access"
    done
    for word in '\a' '\f' '\w' '\b'; do
        run kq-send -q "localhost:$port:ann:pw" "$word"
        assert_success
    done
}

@test "without -u a client may use q's commands, but no shell and no file" {
    start_listen --log none
    for word in '\t 0' '\P 7' '\p' '\S 42'; do
        run kq-send -q ":$port" "$word"
        assert_success
    done
    echo secret >file
    for word in 'system "cat file"' 'read0 `:file' 'read1 `:file' '`:file 0: enlist "x"' '`:file set 1' 'get `:file' \
        'hdel `:file' 'hopen `:file' '\l file' 'key `:.'; do
        run kq-send -q ":$port" "$word"
        assert_failure 4
    done
    assert_equal "$(cat file)" secret
}

@test "the console client logs in like everybody" {
    echo ann:pw >users
    start_listen --log none -U users
    raw_open
    raw_send "$(printf 'ann:pw\0til 3\0' | xxd -p)"
    assert_equal "$(raw_rest | xxd -r -p)" '0 1 2'
    raw_open
    raw_send "$(printf 'ann:no\0til 3\0' | xxd -p)"
    assert_equal "$(raw_rest)" ''
    raw_open
    raw_send "$(printf 'qcon\0til 3\0' | xxd -p)"
    assert_equal "$(raw_rest)" ''
    run kq-send -q --qcon "localhost:$port:ann:pw" '.z.u'
    assert_output '`ann'
}

@test "the console client: an empty line, several lines of answer, in pieces" {
    start_listen --log json
    raw_open
    raw_send "$(printf 'qcon\0\0' | xxd -p)"
    assert_equal "$(raw_rest)" ''
    raw_open
    for piece in 71 63 6f 6e 0032 2b 32 00; do raw_send $piece; done
    assert_equal "$(raw_rest | xxd -r -p)" 4
    run kq-send --qcon ":$port" '([]a:1 2)'
    assert_output "$(printf '%s\n' a - 1 2)"
    stop_listen
    run jq -r 'select(.kind)|[.kind,.query]|join(" ")' listen.out
    assert_line --index 1 'text 2+2'
}
