#!/usr/bin/env bats
# listen_tls.bats - kq-listen with -E: modes, certificates, what clients must show.

# start_listen sets port and server.
# shellcheck disable=SC2154,SC2016,SC2034

load common

# A CA, certificates that it signed for the server and for a client, and one that nobody signed.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    local new=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2)
    exec 2>openssl.err
    openssl req -x509 "${new[@]}" -keyout ca.key -out ca.pem -subj /CN=kqca
    openssl req -x509 "${new[@]}" -keyout stranger.key -out stranger.pem -subj /CN=stranger
    for who in localhost elmo; do
        openssl req "${new[@]}" -keyout $who.key -out $who.csr -subj /CN=$who
        openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out $who.pem \
            -extfile <(echo "subjectAltName=DNS:$who,IP:127.0.0.1")
    done
    cat localhost.pem localhost.key >both.pem
}

setup() {
    servers=()
    cd "$BATS_FILE_TMPDIR" || return 1
    mine=(--cert localhost.pem --key localhost.key)
}

# as WHO [ARG]...: ask over TLS with this certificate, or none
as() {
    local show=()
    [ "$1" = nobody ] || show=(--cert "$1.pem" --key "$1.key")
    kq-send -q --cacert ca.pem "${show[@]}" "${@:2}" "tcps://localhost:$port" 2+2
}

# verdict WHO...: the exit status of each
verdict() {
    local who status
    for who; do
        status=0
        as "$who" >/dev/null 2>&1 || status=$?
        printf '%s ' $status
    done
}

@test "-E 0, 1, 2: who gets in" {
    start_listen --log text
    run as nobody
    assert_failure 3
    run kq-send ":$port" '\E'
    assert_output 0i
    stop_listen
    run grep refused "$BATS_TEST_TMPDIR/listen.out"
    assert_output --partial 'TLS not enabled'
    start_listen --log none -E 1 "${mine[@]}"
    run as nobody
    assert_output 4
    run kq-send ":$port" '\E'
    assert_output 1i
    run kq-send --cacert ca.pem --tls-name localhost "unixs://$port" 2+2
    assert_output 4
    run kq-send "unix://$port" 2+2
    assert_output 4
    start_listen --log text -E 2 "${mine[@]}"
    run as nobody
    assert_output 4
    run kq-send ":$port" 2+2
    assert_failure 6
    stop_listen
    run grep refused "$BATS_TEST_TMPDIR/listen.out"
    assert_output --partial 'plain connection refused: TLS only'
}

@test "--tls is -E 2, and one file may hold certificate and key" {
    start_listen --log none --tls --cert both.pem
    run as nobody
    assert_output 4
    run kq-send ":$port" 2+2
    assert_failure 6
}

@test "--verify-client in its four modes: nobody, elmo, a stranger" {
    for want in 'no:0 0 0 ' 'yes:6 0 6 ' 'requestonly:0 0 0 ' 'ifpresent:0 0 6 '; do
        start_listen --log none -E 2 "${mine[@]}" --cacert ca.pem --verify-client "${want%:*}"
        assert_equal "${want%:*}:$(verdict nobody elmo stranger)" "$want"
        stop_listen
    done
}

@test "certificates and the rest by kdb+'s variables, KX_ first" {
    export SSL_CERT_FILE=/no/such SSL_KEY_FILE=/no/such SSL_VERIFY_CLIENT=NO
    export KX_SSL_CERT_FILE=localhost.pem KX_SSL_KEY_FILE=localhost.key
    export KX_SSL_CA_CERT_FILE=ca.pem KX_SSL_VERIFY_CLIENT=YES
    start_listen --log none -E 2
    unset "${!SSL_@}" "${!KX_@}"
    assert_equal "$(verdict nobody elmo stranger)" '6 0 6 '
    export SSL_CERT_FILE=localhost.pem SSL_KEY_FILE=localhost.key SSL_MAXPROTOCOL=TLSv1.2
    start_listen --log none -E 2
    unset "${!SSL_@}"
    assert_equal "$(verdict nobody)" '0 '
    run as nobody --tls-min 1.3
    assert_failure 3
    # An option goes before a variable.
    KX_SSL_CERT_FILE=/no/such KX_SSL_VERIFY_CLIENT=YES start_listen --log none -E 2 "${mine[@]}" --verify-client no
    assert_equal "$(verdict nobody)" '0 '
}

@test "versions, ciphers and the key log" {
    start_listen --log none -E 2 "${mine[@]}" --tls-min 1.3 --keylog keys
    run as nobody --tls-max 1.2
    assert_failure 3
    run as nobody
    assert_output 4
    grep -q '^SERVER_TRAFFIC_SECRET_0 ' keys
    start_listen --log none -E 2 "${mine[@]}" --tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256
    run as nobody
    assert_output 4
    run as nobody --ciphers ECDHE-ECDSA-AES256-GCM-SHA384
    assert_failure 3
}

@test "a large answer, many requests, a login with a password" {
    echo 'elmo:sesame' >users
    start_listen --log none -E 1 "${mine[@]}" -U users
    run kq-send -q --cacert ca.pem "tcps://localhost:$port:elmo:sesame" 'sum til 10;count x:10000000#0x01;sum -9!-8!x'
    assert_output 10000000i
    run kq-send -q --cacert ca.pem -F none --stats "tcps://localhost:$port:elmo:sesame" '10000000#0x01'
    assert_output --partial '10000015 bytes in'
    run bash -c "seq 200 | kq-send -q --cacert ca.pem -l -P 50 tcps://localhost:$port:elmo:sesame | tail -1"
    assert_output 200
    run kq-send -q --cacert ca.pem "tcps://localhost:$port:elmo:wrong" 1
    assert_failure 6
}

@test "a hello that breaks off, garbage after its beginning, TLS in TLS: the end, for that client only" {
    start_listen --log none -E 1 "${mine[@]}"
    for hex in 16 1603 160301ffff 16030100050100000100 160301000501ffffffff; do
        exec 7<>"/dev/tcp/127.0.0.1/$port"
        xxd -r -p <<<"$hex" >&7
        run as nobody
        assert_output 4
        exec 7>&-
    done
    exec 7<>"/dev/tcp/127.0.0.1/$port"
    { xxd -r -p <<<1603010200 && head -c 600 /dev/zero; } >&7
    cat <&7 >/dev/null
    exec 7>&-
    run bash -c "printf '\x16\x03\x01\x02\x00' | openssl s_client -quiet -connect localhost:$port 2>&1 | wc -c"
    run as nobody
    assert_output 4
}

@test "what cannot be used is said at the start" {
    while read -r status words; do
        read -r -a args <<<"${words%%|*}"
        run kq-listen --log none "${args[@]}"
        assert_failure "$status"
        assert_output "kq-listen: ${words#*|}"
    done <<'T'
2 -E 1|TLS needs a certificate (--cert or KX_SSL_CERT_FILE)
3 -E 1 --cert nosuch|cannot use TLS certificate 'nosuch': No such file or directory
3 -E 1 --cert localhost.pem|cannot use TLS key 'localhost.pem': nothing of that kind in it
3 -E 1 --cert localhost.pem --key elmo.key|cannot use TLS key 'elmo.key': key values mismatch
2 -E 1 --cert both.pem --verify-client maybe|--verify-client: unknown verification 'maybe' (expected NO, YES, REQUESTONLY or IFPRESENT)
3 -E 1 --cert both.pem --verify-client yes --cacert nosuch|cannot read CA file 'nosuch': No such file or directory
2 --verify-client yes|--verify-client needs -E 1 or -E 2
2 --cert both.pem|--cert needs -E 1 or -E 2
2 -E 1 --cert both.pem --tls-min 7|unknown TLS version '7' (1.0, 1.1, 1.2 or 1.3)
T
}
