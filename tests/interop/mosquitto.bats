#!/usr/bin/env bats
# mosquitto.bats - an MQTT broker and its subscriber in front of kq-pipe.

# start_listen sets it; `a is q.
# shellcheck disable=SC2154,SC2016

load ../cli/common

# A broker that listens on a Unix socket, for us alone.
start_broker() {
    mosquitto=$(PATH=$PATH:/usr/sbin command -v mosquitto) || skip "mosquitto is not installed"
    socket=$BATS_TEST_TMPDIR/mqtt.sock
    printf 'listener 0 %s\nallow_anonymous true\n' "$socket" >mosquitto.conf
    [ "$EUID" -ne 0 ] || echo 'user root' >>mosquitto.conf
    "$mosquitto" -c mosquitto.conf >mosquitto.log 2>&1 3>&- </dev/null &
    broker=$!
    servers+=("$broker")
    until publish up yes 2>/dev/null; do kill -0 "$broker" || return 1; done
}

# Retained: a subscriber gets it whenever it comes.
publish() {
    mosquitto_pub --unix "$socket" -q 1 -r -t "$1" -m "$2"
}

@test "messages of a subscription become rows" {
    start_broker
    start_listen --log none
    for i in 1 2 3; do
        publish "prices/$i" "{\"sym\":\"s$i\",\"price\":$i.5,\"note\":\"x, y\"}"
    done
    run bash -c "mosquitto_sub --unix '$socket' -q 1 -C 3 -t 'prices/#' |
        kq-pipe -q -I jsonl -t price --columns sym:s,price:f --add time=now ':$port'"
    assert_success
    assert_output ''
    run kq-send -F q ":$port" '(cols price;`sym xasc select sym,price from price;all(exec time from price)within .z.p-0D01 0D)'
    assert_output '(`time`sym`price;+`sym`price!(`s#`s1`s2`s3;1.5 2.5 3.5);1b)'
}

@test "topics beside the messages" {
    start_broker
    start_listen --log none
    publish room/kitchen 21.5
    publish room/hall 19
    run bash -c "mosquitto_sub --unix '$socket' -C 2 -F '%t %p' -t 'room/#' |
        kq-pipe -q -d ' ' -t temp --columns topic:s,value:f ':$port'"
    assert_success
    run kq-send -F q ":$port" '`topic xasc temp'
    assert_output '+`topic`value!(`s#`room/hall`room/kitchen;19 21.5)'
}

@test "a subscriber that is killed and comes again, with --reopen" {
    start_broker
    start_listen --log none
    publish prices/1 '{"sym":"a","price":1}'
    mkfifo fifo
    kq-pipe -q -I jsonl -t price --columns sym:s,price:f --linger 0 --reopen -c 2 ":$port" fifo 3>&- &
    feeder=$!
    servers+=("$feeder")
    for rows in 1 2; do
        mosquitto_sub --unix "$socket" -t 'prices/#' >fifo 2>/dev/null 3>&- &
        subscriber=$!
        servers+=("$subscriber")
        until [ "$(kq-send ":$port" 'count @[get;`price;()]')" = "$rows" ]; do kill -0 "$subscriber"; done
        kill -KILL "$subscriber"
    done
    wait "$feeder"
    assert_equal "$(kq-send -F q ":$port" price)" '+`sym`price!(`a`a;1 1f)'
}
