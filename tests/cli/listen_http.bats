#!/usr/bin/env bats
# listen_http.bats - HTTP on the port of IPC, with curl.

# start_listen sets port and server; `a is q.
# shellcheck disable=SC2154,SC2016

load common
load raw

# get PATH [CURL-ARG]...: the body
get() {
    curl -s --path-as-is "http://127.0.0.1:$port$1" "${@:2}"
}

# code PATH [CURL-ARG]...: the status
code() {
    get "$1" -o /dev/null -w '%{http_code}' "${@:2}"
}

tables() {
    cat >t.q <<'Q'
t:([]a:1 2;b:`x`y)
k:([s:`u`v]n:3 4)
f:{x+y}
esc:("<b>";"&")
Q
    start_listen --log none t.q "$@"
}

@test "the page shows the workspace, and works without a script" {
    tables
    run get /
    assert_output --partial '<a href="/?t"><span class="name">t</span> <span class="what">2 rows</span>'
    assert_output --partial '<a href="/?k"><span class="name">k</span> <span class="what">2 rows, keyed</span>'
    assert_output --partial '<a href="/?f"><span class="name">f<i>[x;y]</i></span>'
    assert_output --partial '<form action="/" method="get"><textarea name="_"'
}

@test "?expr and the form show results; what they hold is escaped" {
    tables
    run get '/?2%2B2'
    assert_output --partial '<pre>4'
    run get '/?_=2%2B2+%2B1'
    assert_output --partial '<pre>5'
    assert_output --partial '>2+2 +1</textarea>'
    run get '/?t'
    assert_output --partial '<thead><tr><th class="number"><span>a</span><small>long</small></th><th><span>b</span><small>symbol</small></th></tr></thead>'
    assert_output --partial '<tr><td class="number">1</td><td>x</td></tr>'
    # numbers stand in line at the point, keys are marked, dictionaries have two columns
    run get '/?([]f:1.25%2010.5)'
    assert_output --partial '<td class="number">10.5 </td>'
    run get '/?k'
    assert_output --partial '<td class="key">u</td><td class="number">3</td>'
    run get '/?`a`b!1%202'
    assert_output --partial '<td class="key">a</td><td class="number">1</td>'
    run get '/?0%23t'
    assert_output --partial 'no rows'
    run get '/?([]a:til%201500)'
    assert_output --partial '<span>the first 1000 are shown</span>'
    assert_output --partial '<td class="number">999</td>'
    refute_output --partial '<td class="number">1000</td>'
    run get '/?esc'
    assert_output --partial '&lt;b&gt;'
    refute_output --partial '<b>"'
    run get '/?%22%3Cscript%3E%22'
    refute_output --partial '<script>"'
}

@test "formats, with and without the point" {
    tables
    run get '/json?t'
    assert_output "$(printf '%s\n' '{"a":1,"b":"x"}' '{"a":2,"b":"y"}')"
    run get '/.csv?t'
    assert_output "$(printf '%s\n' a,b 1,x 2,y)"
    run get '/txt?0!k'
    assert_output "$(printf '%s\n' $'s\tn' $'u\t3' $'v\t4')"
    run get '/.xml?t'
    assert_output --partial '<r><a>1</a><b>x</b></r>'
    run get '/xls?t'
    assert_output --partial '<Worksheet ss:Name="Sheet1">'
    run get '/raw?"as%20it%20is"'
    assert_output 'as it is'
    run get '/json?t' -D - -o /dev/null
    assert_output --partial 'Content-Type: application/json'
}

@test "an error is 400 and 'text" {
    tables
    run get '/?1%2B%60a' -w ' %{http_code}'
    assert_output "'type 400"
    run get '/csv?nosuch' -w ' %{http_code}'
    assert_output "'nosuch 400"
    run get '/?nosuch' -H 'Accept: text/html' -w ' %{http_code}'
    assert_output --partial '<pre>&#39;nosuch</pre>'
    assert_output --partial ' 400'
}

@test "gzip for large bodies when it is accepted" {
    tables
    run get '/csv?([]a:til%201000)' -H 'Accept-Encoding: gzip' -D - -o body
    assert_output --partial 'Content-Encoding: gzip'
    run bash -c 'gunzip <body | tail -1'
    assert_output 999
    run get '/csv?([]a:til%201000)' -D - -o body
    refute_output --partial 'Content-Encoding'
    run get '/csv?t' -H 'Accept-Encoding: gzip' -D - -o body
    refute_output --partial 'Content-Encoding'
    run get '/csv?([]a:til%201000)' -H 'Accept-Encoding: gzip;q=0' -D - -o body
    refute_output --partial 'Content-Encoding'
}

@test "HEAD has the headers of GET and no body" {
    tables
    raw_open
    printf 'HEAD /csv?t HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&7
    run cat <&7
    assert_line --partial 'HTTP/1.1 200 OK'
    assert_line --partial 'Content-Length: 12'
    refute_output --partial 'a,b'
}

@test "connections stay open, requests may follow each other at once" {
    tables
    run get '/csv?t' --next -s "http://127.0.0.1:$port/csv?t" -w ' %{num_connects}'
    assert_output --partial ' 0'
    raw_open
    printf 'GET /csv?t HTTP/1.1\r\n\r\nGET /csv?t HTTP/1.1\r\nConnection: close\r\n\r\n' >&7
    run grep -c '^HTTP/1.1 200' <&7
    assert_output 2
    raw_open
    printf 'GET /csv?t HTTP/1.0\r\n\r\n' >&7
    run grep -c '^HTTP/1.1 200' <&7
    assert_output 1
}

@test "bad requests have their status and end the connection" {
    tables
    for request in 'GET / HTTP/3.0\r\n\r\n 505' 'GET / HTTP/1.1\r\nNo colon\r\n\r\n 400' \
        'POST / HTTP/1.1\r\n\r\n 411' 'POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n 413' \
        'GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n 501' \
        'POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n 400'; do
        raw_open
        # shellcheck disable=SC2059
        printf "${request% *}" >&7
        run head -c 12 <&7
        assert_output "HTTP/1.1 ${request##* }"
    done
    { printf 'GET / HTTP/1.1\r\nX: '; head -c 70000 /dev/zero | tr '\0' x; } >big
    raw_open
    cat big >&7
    run head -c 12 <&7
    assert_output 'HTTP/1.1 431'
    assert_equal "$(code '/csv?t')" 200
}

@test "passwords: the file and .z.pw, as for IPC" {
    echo elmo:sesame >users
    start_listen --log none -U users
    assert_equal "$(code /)" 401
    assert_equal "$(code / -u elmo:wrong)" 401
    assert_equal "$(code / -u elmo:sesame)" 200
    run get '/csv?([]u:.z.u,())' -u elmo:sesame
    assert_line elmo
    run get / -D - -o /dev/null
    assert_output --partial 'WWW-Authenticate: Basic realm="kq-listen"'
    echo '.z.pw:{[u;p]p~"magic"}' >pw.q
    start_listen --log none pw.q
    assert_equal "$(code / -u any:nothing)" 401
    assert_equal "$(code / -u any:magic)" 200
}

@test ".z.ac decides" {
    cat >ac.q <<'Q'
.z.ac:{$[x[0]like"*in";(1;"ann");x[0]like"*own";(2;"HTTP/1.1 299 Own\r\nContent-Length: 0\r\n\r\n");x[0]like"*basic";(4;"");(0;"")]}
Q
    echo elmo:sesame >users
    start_listen --log none -U users ac.q
    assert_equal "$(code '/csv?in')" 400
    assert_equal "$(code '/x')" 401
    assert_equal "$(code '/own')" 299
    assert_equal "$(code '/basic')" 401
    assert_equal "$(code '/basic' -u elmo:sesame)" 404
}

@test ".z.ph, .z.pp and .z.pm get text and headers; what they return is the response" {
    cat >h.q <<'Q'
.z.ph:{.h.hy[`txt;"ph ",x[0]," ",x[1]`Host]}
.z.pp:{.h.hy[`txt;"pp ",x 0]}
.z.pm:{.h.hy[`txt;"pm ",(string x 0)," ",x 1]}
Q
    start_listen --log none h.q
    run get '/a/b?c' -H 'Host: me'
    assert_output 'ph a/b?c me'
    run get '/x' -d 'body'
    assert_output 'pp x body'
    run get '/x' -H 'Transfer-Encoding: chunked' -d 'chunky body'
    assert_output 'pp x chunky body'
    run get '/y' -X PUT -d 'z'
    assert_output 'pm PUT y z'
    kq-send ":$port" '.z.ph:{1+`a}' >/dev/null
    run get '/x' -w ' %{http_code}'
    assert_output "'type 400"
    kq-send ":$port" '.z.ph:{42}' >/dev/null
    assert_equal "$(code /)" 400
}

@test "without handlers POST is 501 and other methods 405" {
    tables
    assert_equal "$(code / -d x)" 501
    assert_equal "$(code / -X DELETE)" 405
    assert_equal "$(code / -X OPTIONS)" 405
}

@test "files below .h.HOME, and nothing else" {
    mkdir html
    echo '<p>hello' >html/index.html
    echo secret >secret
    ln -s ../secret html/link
    ln -s /etc/passwd html/passwd
    start_listen --log none
    run get /index.html -D -
    assert_output --partial 'Content-Type: text/html'
    assert_output --partial '<p>hello'
    for path in /nosuch /../secret /%2e%2e/secret /link /passwd //etc/passwd /html/../../secret /index.html%00 /.; do
        assert_equal "$path $(code "$path")" "$path 404"
    done
    kq-send ":$port" '.h.HOME:"/etc"' >/dev/null
    assert_equal "$(code /passwd)" 404
}

@test "a browser on behalf of another site gets nothing evaluated" {
    tables
    assert_equal "$(code '/?t' -H 'Sec-Fetch-Site: cross-site')" 403
    assert_equal "$(code '/csv?t' -H 'Sec-Fetch-Site: cross-site')" 403
    assert_equal "$(code '/?t' -H 'Sec-Fetch-Site: same-origin')" 200
    assert_equal "$(code '/?t' -H 'Sec-Fetch-Site: none')" 200
}

@test "-u 1 restricts what comes over HTTP too" {
    tables -u 1
    run get '/csv?system%22p%22'
    assert_output "'access"
    kq-send ":$port" '.h.tx[`csv]:{system"p";x}' >/dev/null
    run get '/csv?t'
    assert_output "'access"
}

@test "--no-http refuses it" {
    start_listen --log none --no-http
    run get /
    assert_failure
    run kq-send ":$port" 2+2
    assert_output 4
}

@test "a request to a WebSocket without .z.ws is 501" {
    tables
    assert_equal "$(code / -H 'Upgrade: websocket' -H 'Connection: Upgrade' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')" 501
}

@test "the upgrade answers the key of RFC 6455" {
    echo '.z.ws:{}' >ws.q
    start_listen --log none ws.q
    raw_open
    printf 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n' >&7
    run head -4 <&7
    assert_line --partial '101 Switching Protocols'
    assert_line --partial 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    assert_equal "$(code / -H 'Upgrade: websocket' -H 'Connection: Upgrade' -H 'Sec-WebSocket-Version: 8' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')" 426
}

@test "a request that does not end, and a client that is silent or does not read, are given up" {
    start_listen --log text --idle-timeout 50ms
    raw_open
    printf 'GET /csv?' >&7
    run cat <&7
    assert_output --partial 'HTTP/1.1 408 '
    raw_open
    printf 'GET /csv?1 HTTP/1.1\r\n\r\n' >&7
    run grep -c HTTP/1.1 <&7
    assert_output 1
    raw_open
    printf 'GET /csv?([]a:til%%203000000) HTTP/1.1\r\n\r\n' >&7
    until grep -q 'the client does not read' "$BATS_TEST_TMPDIR/listen.out"; do :; done
    raw_close
}
