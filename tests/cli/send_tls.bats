#!/usr/bin/env bats
# kq-send over TLS, against kq-listen on the same port as plain connections.

# start_listen sets port, run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016,SC2034

load common

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
}

setup() {
    servers=()
    cd "$BATS_TEST_TMPDIR" || return 1
    cert=$BATS_FILE_TMPDIR/cert.pem
    start_listen --log none -E 1 --cert "$cert" --key "$BATS_FILE_TMPDIR/key.pem" -p 0W
}

@test "a trusted certificate, with tcps:// and with --tls" {
    run kq-send --cacert "$cert" "tcps://localhost:$port" 2+2
    assert_success
    assert_output 4
    run kq-send --cacert "$cert" --tls "localhost:$port" -e 'til 3' -e '`a`b'
    assert_output $'0 1 2\n`a`b'
    run kq-send ":$port" 2+2
    assert_output 4
}

@test "an unknown certificate is 3, -k accepts it with a warning" {
    run kq-send "tcps://localhost:$port" 2+2
    assert_failure 3
    assert_output --partial "not trusted"
    run --separate-stderr kq-send -k "tcps://localhost:$port" 2+2
    assert_success
    assert_output 4
    [[ $stderr == *"warning"*"not verified"* ]]
    KX_SSL_CA_CERT_FILE=$cert run kq-send "tcps://localhost:$port" 2+2
    assert_output 4
}

@test "the name in the certificate counts" {
    run kq-send --cacert "$cert" --tls-name=else "tcps://localhost:$port" 2+2
    assert_failure 3
}

@test "pipelines, repeats, async, subscriptions" {
    run bash -c "seq 50 | kq-send --cacert $cert -l -P 8 tcps://localhost:$port | tail -1"
    assert_output 50
    run kq-send --cacert "$cert" -r 3 "tcps://localhost:$port" 1
    assert_output $'1\n1\n1'
    run kq-send --cacert "$cert" -a "tcps://localhost:$port" 'x:42'
    assert_success
    run kq-send --cacert "$cert" -a --confirm "tcps://localhost:$port" 'x+:1'
    assert_success
    run kq-send --cacert "$cert" "tcps://localhost:$port" x
    assert_output 43
    run kq-send --cacert "$cert" -S -c 2 "tcps://localhost:$port" 'neg[.z.w]"a";neg[.z.w]1 2;`ok'
    assert_output $'"a"\n1 2\n`ok'
    run kq-send --cacert "$cert" --deferred "tcps://localhost:$port" 'neg[.z.w]7'
    assert_output 7
}

@test "timeouts and figures" {
    run kq-send --cacert "$cert" -T 2s -S "tcps://localhost:$port"
    assert_success
    run --separate-stderr kq-send --cacert "$cert" --time "tcps://localhost:$port" 1
    [[ $stderr == *"tls "*"handshake "*"total "* ]]
    run kq-send --cacert "$cert" -w t.wire "tcps://localhost:$port" 2+2
    assert_output 4
    run grep -c 2+2 t.wire
    assert_output 1
}
