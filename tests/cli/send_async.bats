#!/usr/bin/env bats
# Async messages, subscriptions, pipelines, repeats.

# start_stub sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016

load common

FOUR=0102000011000000f90400000000000000
FIVE=0102000011000000f90500000000000000
PUSH=010000000d000000fa2a000000
# (`upd;`trade;1 2)
UPD=000003000000f575706400f574726164650007000200000001000000000000000200000000000000

sent() { sed -n "$1p" stub.out; }

@test "-a sends async and waits for no answer" {
    start_stub login read read text
    run kq-send -a ":$port" -e a -e b
    assert_success
    assert_output ""
    stop_stub
    assert_equal "$(sent 2)" 010000000f0000000a000100000061
    assert_equal "$(sent 3)" 010000000f0000000a000100000062
}

@test "--confirm sends the chaser and waits for it" {
    start_stub login read read send=$FOUR
    run kq-send -a --confirm ":$port" a
    assert_success
    assert_output ""
    stop_stub
    assert_equal "$(sent 3)" 010100000e0000000a0000000000
    start_stub login read read close
    run kq-send -a --confirm ":$port" a
    assert_failure 8
}

@test "--deferred prints the async message that comes back" {
    start_stub login read send=$PUSH
    run kq-send --deferred ":$port" a
    assert_success
    assert_output 42i
    stop_stub
    assert_equal "$(sent 2)" 010000000f0000000a000100000061
}

@test "-S prints the answer and what is pushed, -c ends it" {
    start_stub login read send=$FOUR$PUSH$PUSH$PUSH stall
    run kq-send -S -c 2 ":$port" sub
    assert_success
    assert_output $'4\n42i\n42i'
}

@test "-S without a query only listens; the server's end is 8" {
    start_stub login send=$PUSH close
    run --separate-stderr kq-send -S ":$port"
    assert_failure 8
    assert_output 42i
    start_stub login send=$PUSH close
    run --separate-stderr kq-send -S --allow-close ":$port"
    assert_success
}

@test "-S ends with -T and calls that success" {
    start_stub login send=$PUSH stall
    run kq-send -S -T 100ms ":$port"
    assert_success
    assert_output 42i
}

@test "-S -j prints kq-dump's objects" {
    start_stub login send="$(async $UPD)"
    run kq-send -S -j -c 1 ":$port"
    assert_success
    assert_output --regexp '^\{"v":1,"n":0,"time":"[0-9T:.-]+Z","conn":1,"src":"127.0.0.1:[0-9]+",'
    assert_output --partial '"kind":"async","size":48,"zsize":null,"endian":"little","fn":"upd","table":"trade","query":null,"value":["upd","trade",[1,2]],'
}

@test "-S -m prints only what matches" {
    start_stub login send="$PUSH$(async $UPD)$PUSH$(async $UPD)"
    run kq-send -S -m 'trade' -F q -c 2 ":$port"
    assert_success
    assert_output $'(`upd;`trade;1 2)\n(`upd;`trade;1 2)'
    run kq-send -S -m '(' ":$port"
    assert_failure 2
}

@test "-S answers sync messages with an error" {
    start_stub login send=010100000d000000fa2a000000 read send=$PUSH
    run kq-send -S -c 1 ":$port"
    assert_output 42i
    stop_stub
    assert_equal "$(sent 2)" 010200000d000000806e796900
}

@test "-l asks one query per line and answers in order" {
    start_stub login read send=$FOUR read send=$FIVE
    run kq-send -l ":$port" <<<$'a\nb'
    assert_success
    assert_output $'4\n5'
    stop_stub
    assert_equal "$(sent 2)" 010100000f0000000a000100000061
}

@test "-l takes a last line without newline, and NUL with -0" {
    start_stub login read send=$FOUR read send=$FIVE
    run bash -c "printf 'a\nb' | kq-send -l :$port"
    assert_output $'4\n5'
    start_stub login read send=$FOUR read send=$FIVE
    run bash -c "printf 'a\n\0b\0' | kq-send -l -0 :$port | tr '\0' '|'"
    assert_output "4|5|"
    stop_stub
    assert_equal "$(sent 2)" 01010000100000000a0002000000610a
}

@test "-l without input ends well" {
    start_stub login stall
    run kq-send -l ":$port" </dev/null
    assert_success
    assert_output ""
}

@test "-P keeps several requests in flight" {
    # The stub reads three requests before it answers any: without a pipeline it would wait for ever.
    start_stub login read read read send=$FOUR$FIVE$FOUR
    run kq-send -l -P 3 -T 10s ":$port" <<<$'a\nb\nc'
    assert_success
    assert_output $'4\n5\n4'
    start_stub login read read send=$FOUR$FIVE
    run kq-send -P 8 -T 10s ":$port" -e a -e b
    assert_output $'4\n5'
}

@test "-r repeats the whole set, -s counts it" {
    start_stub login read send=$FOUR read send=$FIVE read send=$FOUR read send=$FIVE
    run --separate-stderr kq-send -r 2 -s ":$port" -e a -e b
    assert_success
    assert_output $'4\n5\n4\n5'
    [[ $stderr == "4 requests, 4 answers, 0 errors, 0 other messages"*"latency us: mean "* ]]
}

@test "-r with -i pauses and still sees the server go" {
    start_stub login read send=$FOUR close
    run --separate-stderr kq-send -r inf -i 60s ":$port" x
    assert_failure 8
    assert_output 4
}

@test "--latency prints statistics only, as JSON too" {
    start_stub login read send=$FOUR read send=$FOUR
    run kq-send --latency -r 2 -s=json ":$port" x
    assert_success
    assert_output --regexp '^\{"v":1,"target":"localhost:[0-9]+","bytes_in":[0-9]+,.*"answers":2,.*"latency_us":\{"mean":'
}

@test "options that contradict each other are refused" {
    local bad
    for bad in '--confirm' '--deferred --subscribe' '--script -l' '-F console -a' '-l -r 2'; do
        # shellcheck disable=SC2086
        run kq-send $bad :1 x
        assert_failure 2
    done
}
