#!/usr/bin/env bats
# kq-dump and captures: what the packets do, and what is made of the messages.

# shellcheck disable=SC2016,SC2154

bats_require_minimum_version 1.5.0
load common
load packets

# A question and its answer, after the login.
session() {
    capture_start
    open_connection
    packet c 1007 2002 A "$ask"
    packet s 2002 1024 A "$answer"
}

fields=conn,src,kind,latency,query,value

expected='conn,src,kind,latency,query,value
1,10.0.0.1:4000,handshake,,,u
1,10.0.0.2:5010,accept,,,
1,10.0.0.1:4000,sync,,2+2,"""2+2"""
1,10.0.0.2:5010,response,1000.000,2+2,4i'

@test "a session in a capture" {
    session >cap
    run kq-dump cap
    assert_success
    assert_output - <<'END'
2024-01-02T03:04:05.003000000Z 1 10.0.0.1:4000   > 10.0.0.2:5010   handshake      6        u:* capability 3
2024-01-02T03:04:05.004000000Z 1 10.0.0.2:5010   > 10.0.0.1:4000   accept         1        capability 3
2024-01-02T03:04:05.005000000Z 1 10.0.0.1:4000   > 10.0.0.2:5010   sync          17        2+2
2024-01-02T03:04:05.006000000Z 1 10.0.0.2:5010   > 10.0.0.1:4000   response      13  1.0ms 2+2 -> 4i
END
    run kq-dump -F csv --fields $fields cap
    assert_output "$expected"
}

@test "JSON of a capture has all fields" {
    session >cap
    run kq-dump -j --kind response cap
    assert_success
    assert_output '{"v":1,"n":3,"time":"2024-01-02T03:04:05.006000000Z","conn":1,"src":"10.0.0.2:5010","dst":"10.0.0.1:4000","kind":"response","size":13,"zsize":null,"endian":"little","fn":null,"table":null,"query":"2+2","value":4,"latency_us":1000,"reply_to":2,"error":null,"user":"u","rows":null,"wait_us":1000}'
}

@test "times look as asked for" {
    session >cap
    for want in "epoch 1704164645.006000000" "rel 0.003000000" "delta 0.001000000" \
        "q 2024.01.02D03:04:05.006000000"; do
        run kq-dump --time-format "${want% *}" -c 4 --fields time cap
        assert_line --index 3 --regexp "^ *${want#* }\$"
    done
}

@test "standard input, gzip and nanoseconds make no difference" {
    session >cap
    run bash -c "kq-dump -F csv --fields $fields <cap"
    assert_output "$expected"
    run bash -c "gzip <cap | kq-dump -F csv --fields $fields"
    assert_output "$expected"
}

@test "a capture is decoded while it is being written" {
    mkfifo pipe out
    kq-dump --line-buffered --fields kind,query pipe >out 3>&- &
    exec 6<out 5>pipe
    {
        capture_start
        open_connection
        packet c 1007 2002 A "$ask"
    } >&5
    for kind in handshake accept sync; do
        read -r -u 6 line
        assert_equal "${line%% *}" "$kind"
    done
    exec 5>&-
    cat <&6 >rest
    exec 6<&-
    wait $!
}

@test "segments out of order, twice and overlapping" {
    {
        capture_start
        packet s 2000 1001 SA
        packet c 1000 0 S
        packet c 1001 2001 A "${login}0300${ask:0:10}"
        packet c 1016 2002 A "${ask:18}"
        packet c 1007 2002 A "ffff${ask:4:20}"
        packet c 1007 2002 A "${ask:0:20}"
        packet s 2001 1007 A "03$answer"
        packet s 2001 1007 A "03$answer"
    } >cap
    run kq-dump -F csv --fields conn,kind,query,value cap
    assert_success
    assert_line --index 2 '1,sync,2+2,"""2+2"""'
    assert_line --index 4 '1,response,2+2,4i'
}

# A hole of 20 bytes that was acknowledged, in front of a second question.
lossy() {
    capture_start
    open_connection
    packet c 1027 2002 A "$ask"
    packet s 2002 1044 A
    packet s 2002 1044 A "$answer"
    packet c 1044 2015 FA
}

@test "a gap is reported with its size, and decoding goes on" {
    lossy >cap
    run kq-dump --fields kind,value cap
    assert_success
    assert_line --regexp '^note +20 bytes lost in the capture$'
    assert_line --regexp '^sync +"2\+2"$'
    run kq-dump --gap=report cap
    assert_failure 7
    run kq-dump --gap=stop --fields kind cap
    assert_success
    refute_line --partial sync
}

@test "what the snapshot length cut off is missing in that message alone" {
    {
        capture_start
        open_connection
        packet c 1007 2002 A "$update" 4
        packet c 1034 2002 A "$update"
    } >cap
    run kq-dump -F csv --fields kind,missing,fn,value cap
    assert_success
    assert_line 'async,4,upd,'
    assert_line 'async,,upd,(`upd;`t;1i)'
}

@test "a connection that was open before is picked up" {
    {
        capture_start
        packet c 1002 2002 A "${update:8}$ask"
        packet s 2002 1042 A "$answer"
    } >cap
    run kq-dump -F csv --fields kind,query,value cap
    assert_success
    assert_line 'response,2+2,4i'
}

@test "the server's port is known by -p, and other ports are passed over" {
    session >cap
    run kq-dump -p 5000-5010 --fields kind cap
    assert_line --index 2 sync
    run kq-dump -p 4000 --fields kind cap
    assert_success
    assert_output ''
    run kq-dump -p 99999 cap
    assert_failure 2
}

@test "a filter expression as for tcpdump" {
    session >cap
    run kq-dump --bpf 'src port 5010' -p 5010 --fields kind cap
    assert_success
    assert_output $'accept\nresponse'
    run kq-dump --bpf 'nonsense' cap
    assert_failure 2
    assert_output --partial "filter 'nonsense'"
}

@test "errors with who sent the query" {
    {
        capture_start
        open_connection
        packet c 1007 2002 A "$ask"
        packet s 2002 1024 A "$failure"
        packet c 1024 2016 A "$ask"
        packet s 2016 1041 A "$answer"
    } >cap
    run kq-dump --errors -F csv --fields time,client,user,query,value cap
    assert_success
    assert_output - <<'END'
time,client,user,query,value
2024-01-02T03:04:05.006000000Z,10.0.0.1:4000,u,2+2,'type
END
    run kq-dump --kind error --fields kind,error cap
    assert_output --regexp '^response +type$'
}

@test "slow, host, stream, from and to select" {
    session >cap
    run kq-dump --slow 1ms --fields kind cap
    assert_output response
    run kq-dump --slow 2ms cap
    assert_failure 1
    run kq-dump --host 10.0.0.1 --kind sync --fields kind cap
    assert_output sync
    run kq-dump --host 10.0.0.9 cap
    assert_failure 1
    run kq-dump --stream 2 cap
    assert_failure 1
    run kq-dump --from 2024-01-02T03:04:05.005 --to 03:04:05.006 --fields kind cap
    assert_output sync
}

@test "statistics in text and JSON" {
    session >cap
    run kq-dump -F none -s --by query cap
    assert_success
    assert_line --index 0 '4 messages, 37 B in 3.0ms'
    assert_line --index 1 '1 sync, 1 response, 1 handshake, 1 accept'
    assert_line --index 2 '0 errors, 0 unanswered; median latency 1.0ms, p99 1.0ms, max 1.0ms'
    assert_line --index 3 '  count errors   bytes   total     p50     p95     p99     max  query'
    assert_line --index 4 '      1      0    30 B   1.0ms   1.0ms   1.0ms   1.0ms   1.0ms  ?+?'
    run --separate-stderr kq-dump -F none -s=json --by user cap
    assert_output ''
    [[ $stderr == *'"groups":[{"key":"u","count":1,"errors":0,"bytes":30,"wire_bytes":30,"latency_us":{"count":1,"mean":1000,"p50":1000,"p95":1000,"p99":1000,"max":1000}}]'* ]]
    for by in fn conn table; do
        run kq-dump -F none -s --by $by cap
        assert_success
        assert_line --regexp "^ +count .* $by\$"
    done
}

@test "the report is one page without anything from elsewhere" {
    session >cap
    run kq-dump -F none --report r.html cap
    assert_success
    run cat r.html
    assert_output --partial '<svg'
    assert_output --partial '2+2'
    refute_output --partial '<script'
    refute_output --partial '://'
}

@test "the report shows what a peer sent as text" {
    {
        capture_start
        packet c 1000 0 S
        packet s 2000 1001 SA
        packet c 1001 2001 A "3c623e0300"
        packet s 2001 1006 A 03
        packet c 1006 2002 A "01010000160000000a00080000003c7363726970743e"
        packet s 2002 1028 A "$failure"
    } >cap
    run kq-dump -F none --report r.html cap
    assert_success
    run cat r.html
    refute_output --partial '<script>'
    refute_output --partial '<b>b'
    assert_output --partial '&lt;script&gt;'
}

@test "a recording of a capture shows the same" {
    session >cap
    kq-dump -F none -w t.wire cap
    run kq-dump -F csv --fields $fields t.wire
    assert_output "$expected"
    refute_output --partial pw
    run grep -c pw t.wire
    assert_output 0
}

@test "--split writes a file for each" {
    {
        session
        packet c 1024 2015 A "$update"
    } >cap
    run kq-dump -F csv --fields kind,value --split table -o parts cap
    assert_success
    run cat parts/t.csv
    assert_output $'kind,value\nasync,(`upd;`t;1i)'
    run kq-dump -F tplog --split fn -o logs cap
    run kq-dump --check logs/upd.log
    assert_output 'valid=1 bytes=27'
    run kq-dump --split fn cap
    assert_failure 2
}

@test "a capture that is cut off shows what is there" {
    session >cap
    head -c -5 cap >cut.pcap
    run --separate-stderr kq-dump --fields kind cut.pcap
    assert_failure 7
    assert_line --index 2 sync
    [[ $stderr == *truncated* ]]
}

@test "lengths that are claimed cost no memory" {
    limit="ulimit -v 300000"
    [[ $(readelf -d "$(command -v kq-dump)") != *libasan* ]] || limit=:
    {
        capture_start
        open_connection
        # A message of 2^40 bytes, a compressed one that claims 4 GB, a vector of 2^62 items.
        packet c 1007 2002 A 010100ffffffffff0a00ffffffff
        packet s 2002 1021 A 0102010020000000ffffffff000000000000000000000000000000000000000f
        packet s 2034 1021 A 0102000012000000078000000000000000400000
    } >cap
    for format in text jsonl tree csv; do
        run bash -c "$limit; kq-dump --max-size=none -F $format cap 2>&1 >out; cut -c 1-300 out"
        refute_output --partial 'no memory'
        assert_output --partial 'handshake'
    done
}

@test "interfaces of different link types get a way out" {
    # Section, interface of Ethernet, interface of Linux cooked packets.
    xxd -r -p >mixed.pcapng <<'END'
0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000
01000000 14000000 0100 0000 00000400 14000000
01000000 14000000 7100 0000 00000400 14000000
END
    run kq-dump mixed.pcapng
    assert_failure 7
    assert_output --partial 'interfaces of different link types in one file; let tshark take out a connection: tshark -r FILE'
}

@test "connections go on in the next file of a ring" {
    session >cap
    # After the header and four packets comes half of the question.
    {
        capture_start
        open_connection
        packet c 1007 2002 A "${ask:0:20}"
    } >ring.1
    {
        head -c 24 ring.1
        packet c 1017 2002 A "${ask:20}"
        packet s 2002 1024 A "$answer"
    } >ring.2
    run kq-dump -F csv --fields conn,kind,query,value,user ring.1 ring.2
    assert_success
    assert_output $'conn,kind,query,value,user\n1,handshake,,u,u\n1,accept,,,u\n1,sync,2+2,"""2+2""",u\n1,response,2+2,4i,u'
    # Time that goes back shows that it is another capture.
    run kq-dump -F csv --fields conn,kind cap cap
    assert_success
    assert_line --index 4 1,response
    assert_line --index 5 2,handshake
    assert_line --index 8 2,response
}

@test "capturing needs permission, and says so" {
    run kq-dump -i nosuchinterface -c 1
    assert_failure 3
    assert_output --partial 'kq-dump: nosuchinterface: '
}

@test "many idle connections and lost segments stay within --max-memory" {
    {
        capture_start
        open_connection
        for i in {1..200}; do
            packet c $((3000 + i * 2000)) 2002 A "$(printf '%02000d' 0)"
        done
    } >cap
    run kq-dump --max-memory 64k cap
    assert_success
    assert_line --partial 'lost in the capture'
}
