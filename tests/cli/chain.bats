#!/usr/bin/env bats
# chain.bats - the main job of all four tools, joined as a user joins them.

# start_listen sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016

bats_require_minimum_version 1.5.0
load common

@test "a query is answered over TCP and over the port's Unix socket" {
    start_listen --log none -p 0W
    run kq-send ":$port" '2+2'
    assert_success
    assert_output 4
    run kq-send "unix://$port" 'til 5'
    assert_success
    assert_output '0 1 2 3 4'
}

@test "functions travel as values and as names" {
    start_listen --log none
    run kq-send ":$port" -I q '(+;2 3 5;10 20 30)'
    assert_success
    assert_output '12 23 35'
    kq-send ":$port" 'mydef:{x+y}'
    run kq-send ":$port" --call mydef '2 3 5' '10 20 30'
    assert_success
    assert_output '12 23 35'
    run kq-send ":$port" -I q '("mydef";2 3 5;10 20 30)'
    assert_output '12 23 35'
    run kq-send ":$port" -I q '(`mydef;2 3 5;10 20 30)'
    assert_output '12 23 35'
    run kq-send ":$port" -I q '({x*y};6;7)'
    assert_output 42
}

@test "an async message is confirmed and its effect is there" {
    start_listen --log none
    run kq-send -a --confirm ":$port" 'a:3?20'
    assert_success
    assert_output ''
    run kq-send -F jsonl ":$port" a
    assert_success
    assert_output --regexp '^\[(1?[0-9]),(1?[0-9]),(1?[0-9])\]$'
    first=$output
    run kq-send -F jsonl ":$port" a
    assert_output "$first"
}

@test "a q error goes to standard error with exit status 4" {
    start_listen --log none
    run --separate-stderr kq-send ":$port" nosuch
    assert_failure 4
    assert_output ''
    # shellcheck disable=SC2154
    assert_equal "$stderr" "'nosuch"
}

@test "a frame is written and decoded" {
    start_listen --log none
    run bash -c "kq-send -F ipc :$port '([]a:1 2;b:\`x\`y)' | kq-dump -F tree"
    assert_success
    assert_output --partial 'table'
    run bash -c "kq-send -F ipc :$port '([]a:1 2;b:\`x\`y)' | kq-dump -F q"
    assert_success
    assert_output --partial '+`a`b!(1 2;`x`y)'
}

@test "lines of a fifo become rows of a table" {
    start_listen --log none
    mkfifo f
    printf '2024.01.02D09:30:00,a,1.5,100\n' >f 3>&- &
    run kq-pipe -t trade --columns time:p,sym:s,price:f,size:j ":$port" f
    assert_success
    run kq-send ":$port" trade
    assert_success
    assert_line --index 0 --regexp '^time +sym price size *$'
    assert_line --index 2 --regexp '^2024\.01\.02D09:30:00\.000000000 a +1\.5 +100 *$'
}

@test "a file handle appends bytes and creates its directories" {
    run kq-send ':logs/new/f.dat' -I q 0x2324
    assert_success
    run xxd -p logs/new/f.dat
    assert_output 2324
    kq-send ':logs/new/f.dat' 'some text'
    run cat logs/new/f.dat
    assert_output '#$some text'
}

@test "what a client sends is recorded and decoded" {
    kq-listen -1 -w t.wire --port-file p --log none 3>&- &
    kq-send --wait=20s ":$(until [ -s p ]; do :; done; cat p)" 'til 3'
    wait $!
    run kq-dump -F text t.wire
    assert_success
    assert_output --partial 'til 3'
    assert_output --partial '0 1 2'
}

@test "kq-send maps no TLS library for a plain target" {
    start_listen --log none
    run bash -c "LD_DEBUG=libs kq-send :$port 1 2>&1 | grep -cE 'lib(ssl|crypto)'"
    assert_output 0
}
