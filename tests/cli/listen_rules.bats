#!/usr/bin/env bats
# listen_rules.bats - canned answers, defaults and commands that answer.

# start_listen sets port and server; `a is q.
# shellcheck disable=SC2154,SC2016

load common
load raw

@test "a rule answers with a value, an error, a file, the request" {
    kq-send --help >/dev/null
    echo '([]a:1 2)' >table.q
    echo '{"a":[1,2],"b":"x"}' >a.json
    response f90700000000000000 | xxd -r -p >a.ipc
    xxd -r -p <<<f90800000000000000 >a.payload
    start_listen --log none -R '^select=([]sym:`a`b;n:1 2)' -R "bad='mine" -R 'file=@table.q' -R 'twice=echo' \
        -R 'json=@a.json' -R 'frame=@a.ipc' -R 'payload=@a.payload'
    run kq-send -F q ":$port" 'select from x'
    assert_output '+`sym`n!(`a`b;1 2)'
    run kq-send ":$port" bad
    assert_failure 4
    assert_output --partial "'mine"
    run kq-send -F q ":$port" file
    assert_output '+(,`a)!,1 2'
    run kq-send -F raw ":$port" twice
    assert_output twice
    run kq-send -F q ":$port" -e json -e frame -e payload
    assert_output "$(printf '%s\n' '`a`b!(1 2;,"x")' 7 8)"
    run kq-send ":$port" 2+2
    assert_output 4
}

@test "a rule looks at the one-line form of what is no string" {
    start_listen --log none -R '^\(`upd;`trade;=7'
    run kq-send -I q ":$port" '(`upd;`trade;1 2 3)'
    assert_output 7
}

@test "close and hang" {
    start_listen --log none -R 'go=close' -R 'stay=hang'
    run kq-send ":$port" go
    assert_failure 8
    run kq-send -T 50ms ":$port" stay
    assert_failure 5
}

@test "rules of a file: times, kind, user, delay; SIGHUP reads it again" {
    cat >rules <<'R'
# the first two times
times=2 q=1
q=2
kind=async drop=eval
user=ann who="ann"
who="somebody"
delay=1ms late=3
R
    start_listen --log none -f rules
    run kq-send -l ":$port" <<<$'q\nq\nq\nlate'
    assert_output "$(printf '%s\n' 1 1 2 3)"
    run kq-send -u ann -F raw ":$port" who
    assert_output ann
    run kq-send -F raw ":$port" who
    assert_output somebody
    echo 'q=9' >rules
    kill -HUP "$server"
    until [ "$(kq-send ":$port" q)" = 9 ]; do :; done
    echo 'q=9 9 9 x' >rules
    kill -HUP "$server"
    until grep -q 'rules:1' listen.err; do :; done
    run kq-send ":$port" q
    assert_output 9
}

@test "a delay keeps the order of one connection and does not hold up another" {
    start_listen --log none -f <(echo 'delay=300ms slow=1')
    raw_open
    raw_login
    raw_send "$(sync 0a0004000000736c6f77)$(sync f90200000000000000)"
    run kq-send ":$port" 2+2
    assert_output 4
    assert_equal "$(raw_read 34)" "$(response f90100000000000000)$(response f90200000000000000)"
    raw_close
}

@test "bad rules are usage errors that say where" {
    run kq-listen -R 'noequals'
    assert_failure 2
    assert_output "kq-listen: -R: expected RE=VALUE, not 'noequals'"
    printf '\nx=(\n' >rules
    run kq-listen -f rules
    assert_failure 2
    assert_output --partial 'rules:2: '
    run kq-listen -R '(=1'
    assert_failure 2
    assert_output --partial "bad regular expression '('"
}

@test "--default: echo, literal, an error, a value" {
    start_listen --log none --default echo
    run kq-send -F q ":$port" -I q '(`f;1)'
    assert_output '(`f;1)'
    start_listen --log none --default literal
    run kq-send ":$port" '1 2 3'
    assert_output '1 2 3'
    run kq-send ":$port" '1+2'
    assert_failure 4
    start_listen --log none --default "'nyi"
    run kq-send ":$port" x
    assert_output --partial "'nyi"
    start_listen --log none --default '::'
    run kq-send -F q ":$port" x
    assert_output '::'
}

@test "--exec answers, and knows who asks" {
    start_listen --log none -X 'read -r x; echo "\"$x $KQ_USER $KQ_KIND\""'
    run kq-send -u ann -F raw ":$port" hello
    assert_output 'hello ann sync'
}

@test "--exec in other forms" {
    start_listen --log none -F json -X 'cat' --reply-format json
    run kq-send -F q ":$port" -I q '`a`b!1 2'
    assert_output '`a`b!1 2'
    start_listen --log none -F ipc -X 'cat' --reply-format ipc
    run kq-send -F q ":$port" -I q '(1b;`a;"x";2024.01.02)'
    assert_output '(1b;`a;"x";2024.01.02)'
}

@test "--exec: what was answered is in the log; a child that never ends its output" {
    start_listen --log json -X 'read -r x; [ "$x" = much ] && exec yes; echo 5'
    run kq-send ":$port" x
    assert_output 5
    run kq-send ":$port" much
    assert_failure 4
    assert_output --partial "'exec: more than 256 MB of output"
    stop_listen
    run jq -c 'select(.kind=="response")|[.value,.error]' listen.out
    assert_line --index 0 '[5,null]'
    assert_line --index 1 '[null,"exec: more than 256 MB of output"]'
}

@test "--exec that fails, prints nonsense, an error, takes too long" {
    start_listen --log none -X 'exit 3'
    run kq-send ":$port" x
    assert_failure 4
    assert_output --partial "'exec: exit status 3"
    start_listen --log none -X 'echo foo bar'
    run kq-send ":$port" x
    assert_failure 4
    start_listen --log none -X "echo \"'mine\""
    run kq-send ":$port" x
    assert_output --partial "'mine"
    start_listen --log none -T 50ms -X 'sleep 100'
    run kq-send ":$port" x
    assert_output --partial "'stop"
}

@test "--exec-limit: the others wait for their turn" {
    start_listen --log none --exec-limit 1 -X 'mkdir busy || exit 9; cat; rmdir busy'
    for i in 1 2 3 4; do
        kq-send ":$port" "$i" >"out.$i" 3>&- &
        clients+=($!)
    done
    for client in "${clients[@]}"; do wait "$client"; done
    assert_equal "$(cat out.*)" "$(printf '%s\n' 1 2 3 4)"
}

@test "rules come before --exec" {
    start_listen --log none -R 'a=1' -R 'sum=eval' -X 'echo 2'
    run kq-send ":$port" a
    assert_output 1
    run kq-send ":$port" b
    assert_output 2
    run kq-send ":$port" 'sum 1 2 3'
    assert_output 6
}
