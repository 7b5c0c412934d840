#!/usr/bin/env bats
# node_q.bats - the npm package node-q, the usual client of Node.js programs, against kq-listen.

# start_listen sets it.
# shellcheck disable=SC2154

load ../cli/common

setup_file() {
    cd "$BATS_TEST_DIRNAME" || return 1
    [ -d node_modules/node-q ] || npm ci --silent --no-audit --no-fund >&2
}

expected='sync: 4
vector: [0,1,2,3,4]
async: 42
call: 5
table: [{"sym":"a","size":1},{"sym":"b","size":2}]
compressed: 5000
error: type
after the error: 2'

@test "node-q asks, tells, calls, reads tables and compressed answers" {
    start_listen --log none --compress always
    run node "$BATS_TEST_DIRNAME/node_q.js" "$port"
    assert_success
    assert_output --partial "$expected"
}

@test "node-q over a Unix socket" {
    start_listen --log none "unix://$BATS_TEST_TMPDIR/q.sock"
    run node "$BATS_TEST_DIRNAME/node_q.js" "$BATS_TEST_TMPDIR/q.sock"
    assert_success
    assert_output --partial "$expected"
}

@test "node-q logs in with a password, and is refused with a wrong one" {
    echo 'elmo:sesame' >users.txt
    start_listen --log none -U users.txt
    run node "$BATS_TEST_DIRNAME/node_q.js" "$port" elmo sesame
    assert_success
    run node "$BATS_TEST_DIRNAME/node_q.js" "$port" elmo wrong
    assert_failure 2
    assert_output --partial 'connect: Connection closes (wrong auth?)'
}

@test "node-q over TLS" {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost 2>/dev/null
    start_listen --log none -E 1 --cert cert.pem --key key.pem
    run env NODE_EXTRA_CA_CERTS="$PWD/cert.pem" node "$BATS_TEST_DIRNAME/node_q.js" "tcps:$port"
    assert_success
    assert_output --partial "$expected"
    run node "$BATS_TEST_DIRNAME/node_q.js" "tcps:$port"
    assert_failure 2
    assert_output --partial 'self-signed certificate'
}
