#!/usr/bin/env bats
# What people do with kq-send, against a server that evaluates q.

# start_listen sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016,SC1003

load common

@test "a shell variable from a query" {
    start_listen --log none -p 0W
    run bash -c "n=\$(kq-send :$port 'count til 7') || exit; echo \"n=\$n\""
    assert_output n=7
}

@test "arguments are harmless whatever is in them" {
    start_listen --log none -p 0W
    local sym='a`b;exit 1 "$(touch oops)" \'
    run kq-send -F raw ":$port" --call '{string[x],"|",string y}' --symbol "$sym" 2024.01.02
    assert_success
    assert_output "$sym|2024.01.02"
    [ ! -e oops ]
}

@test "if and else on a q boolean" {
    start_listen --log none -p 0W
    kq-send ":$port" -e 'trade:([]a:1 2)'
    kq-send -q --exit-status ":$port" '`trade in tables[]'
    run kq-send -q --exit-status ":$port" '`quote in tables[]'
    assert_failure 1
}

@test "wait and ping, also over the Unix socket" {
    start_listen --log none -p 0W
    run kq-send --wait=60s --ping ":$port"
    assert_output --partial pong
    run kq-send -q -T 2s --ping "unix://$port"
    assert_success
    assert_output ""
}

@test "one record per line query, 32 in flight" {
    start_listen --log none -p 0W
    run bash -c "seq 100 | awk '{print \"2*\" \$1}' | kq-send -l -P 32 -F raw :$port | awk '{n += \$1} END {print NR, n}'"
    assert_output "100 10100"
}

@test "async and confirmed, then a script statement by statement" {
    start_listen --log none -p 0W
    run kq-send -a --confirm ":$port" 'a:41'
    assert_success
    printf 'f:{\n x\n +1}\n/ comment\nf a\n' >s.q
    run kq-send --script -f s.q -F q ":$port"
    assert_line --index "-1" 42
}

@test "an error in a script stops it" {
    start_listen --log none -p 0W
    printf 'b:1\nnonsense+1\nb:2\n' >s.q
    run kq-send -F none --script -f s.q ":$port"
    assert_failure 4
    assert_output --partial "'nonsense"
    run kq-send ":$port" b
    assert_output 1
}

@test "csv from one server into another" {
    start_listen --log none -p 0W
    local from=$port
    start_listen --log none -p 0W
    kq-send -F none ":$from" 't:([]s:`a`b;x:1 2;f:1.5 0n)'
    kq-send -F none ":$port" 't:([]s:0#`;x:0#0;f:0#0n)'
    run bash -c "kq-send -F csv :$from t | kq-pipe -t t -H -Y SJF :$port"
    assert_success
    run kq-send -F q ":$port" t
    assert_output '+`s`x`f!(`a`b;1 2;1.5 0n)'
}

@test "large results and large queries pass whole" {
    start_listen --log none -p 0W
    run bash -c "kq-send -F raw :$port 'til 1000000' | tail -1"
    assert_output 999999
    run bash -c "(printf 'count \"'; head -c 3000000 /dev/zero | tr '\0' x; echo '\"') | kq-send :$port"
    assert_output 3000000
    run kq-send --max-size=1M ":$port" 'til 1000000'
    assert_failure 7
}

@test "compressed answers are printed and counted" {
    start_listen --log none --compress=always -p 0W
    run kq-send ":$port" 'sum 10000#1'
    assert_output 10000
    run --separate-stderr kq-send -F raw --write-out '%{bytes_compressed}' ":$port" '10000#0'
    assert_success
    [ "$stderr" -gt 0 ] && [ "$stderr" -lt 20000 ]
    assert_equal "${#lines[@]}" 10000
    run bash -c "kq-send -F payload :$port '10000#0' | wc -c"
    assert_output 80006
}

@test "a long that doubles cannot hold survives JSON as a string" {
    start_listen --log none -p 0W
    run kq-send -j --int64=string ":$port" 9223372036854775806
    assert_output '"9223372036854775806"'
    run bash -c "kq-send --json=typed :$port '([]a:1 0N;b:\`x\`y;c:2024.01.02 2024.01.03)' | kq-send -I json -F q :$port"
    assert_success
}

@test "a server that is restarted is noticed by an idle -l" {
    start_listen --log none -p 0W
    mkfifo lines
    exec 8<>lines
    kq-send -l ":$port" <lines >out 2>err 3>&- 8>&- &
    local pid=$! status=0
    echo 'neg[.z.w]"";1' >&8
    stop_listen
    wait $pid || status=$?
    exec 8>&-
    [ "$status" -eq 8 ] || [ "$status" -eq 6 ] || [ "$status" -eq 3 ]
}

@test "the console protocol" {
    start_listen --log none -p 0W
    run kq-send --qcon ":$port" '([]a:1 2)'
    assert_output $'a\n-\n1\n2'
    run bash -c "printf '1+1\n2+2\n' | kq-send --qcon -l :$port"
    assert_output $'2\n4'
}
