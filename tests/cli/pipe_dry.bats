#!/usr/bin/env bats
# What kq-pipe makes of its input, shown by dry runs.

# run sets stderr; `a is q.
# shellcheck disable=SC2154,SC2016,SC1003,SC2238

load common

dry() { kq-pipe -n -t t "$@" -; }

@test "types by position, a blank skips, * is a string" {
    run dry -Y 'JS *F' <<<$'1,a,x,some text,1.5\n2,b,y,,'
    assert_success
    assert_output '("insert";`t;(1 2;`a`b;("some text";"");1.5 0n))'
}

@test "all type letters" {
    run dry -Y BGXHIJEFCSPMDZNUVT <<<'1,8c680a01-5a49-5aab-5a65-d4bfddb6a661,2a,1,2,3,1.5,2.5,c,s,2024-01-02T03:04:05Z,2024.01,20240102,2024.01.02T12:00,0D01,12:30,12:30:45,12:30:45.678'
    assert_success
    assert_output '("insert";`t;(,1b;,8c680a01-5a49-5aab-5a65-d4bfddb6a661;,0x2a;,1h;,2i;,3;,1.5e;,2.5;,"c";,`s;,2024.01.02D03:04:05.000000000;,2024.01m;,2024.01.02;,2024.01.02T12:00:00.000;,0D01:00:00.000000000;,12:30;,12:30:45;,12:30:45.678))'
}

@test "columns by name, in a table" {
    run dry --columns time:t,sym:s,text:C --shape table <<<'12:00,a,b'
    assert_output '("insert";`t;+`time`sym`text!(,12:00:00.000;,`a;,,"b"))'
}

@test "a header reorders fields and skips what has no column" {
    run dry --columns a:j,b:s -H <<<$'x,b,a\n9,s,1\n8,r,2'
    assert_output '("insert";`t;+`a`b!(1 2;`s`r))'
    run dry --columns a:j,c:s -H <<<$'b,a\ns,1'
    assert_failure 10
    assert_output "kq-pipe: standard input: the header has no column 'c'"
}

@test "a header names the columns of --types" {
    run dry -Y JS -H --shape table <<<$'n,name\n1,x'
    assert_output '("insert";`t;+`n`name!(,1;,`x))'
}

@test "guessed types" {
    run dry -Y '?' -H --shape table <<<$'d,n,x,code,t\n2024-01-02,1,1,007,12:00\n2024-01-03,,2.5,012,'
    assert_output '("insert";`t;+`d`n`x`code`t!(2024.01.02 2024.01.03;1 0N;1 2.5;`007`012;12:00:00.000 0Nt))'
}

@test "quotes, other delimiters, CR LF, NUL" {
    run dry -Y '**' <<<$'"a,b","c""d"\r\n"e\nf",g\r'
    assert_output '("insert";`t;(("a,b";"e\nf");("c\"d";,"g")))'
    run dry -Y SS -d ';' --quote "'" <<<"'a;b';c"
    assert_output '("insert";`t;(,`a;b;,`c))'
    run dry -Y SS -d '\x01' --quote none <<<$'"a\x01b'
    assert_output '("insert";`t;(,`"a;,`b))'
    run dry -I tsv -Y SS <<<$'a b\tc'
    assert_output '("insert";`t;(,`a b;,`c))'
    run bash -c "printf '1,a\\0002,b' | kq-pipe -n -0 -t t -Y JS -"
    assert_output '("insert";`t;(1 2;`a`b))'
    run dry -Y '**' --escape "\\" <<<'a\,b,"c\"d"'
    assert_output '("insert";`t;(,"a,b";,"c\"d"))'
}

@test "fixed width" {
    run dry -Y SJF --widths 3,4,5 <<<$'abc  12 1.50\nd     3\n'
    assert_failure 10
    run dry -Y SJF --widths 3,4,5 <<<$'abc  12 1.50\nd     3  .25\n\n'
    assert_output '("insert";`t;(`abc`d;12 3;1.5 0.25))'
}

@test "JSON lines" {
    run dry -I jsonl --columns s:s,n:j,f:f,b:b,t:C,p:p <<'EOF'
{"n":9223372036854775806,"s":"x","f":0.1,"b":true,"t":"a \"b\"","p":"2024-01-02T03:04:05Z","more":[1]}

{"s":null,"f":2,"t":{"k":[1,null]},"b":false}
EOF
    assert_output '("insert";`t;+`s`n`f`b`t`p!(`x`;9223372036854775806 0N;0.1 2;10b;("a \"b\"";"{\"k\":[1,null]}");2024.01.02D03:04:05.000000000 0Np))'
    run dry -I jsonl --columns s:s <<<$'{"s":"a"}\n[1]'
    assert_failure 10
    assert_output --partial "standard input:2: not a JSON object"
    run dry -I jsonl --columns s:s <<<'{"s":'
    assert_output --partial "standard input:1: JSON, column"
}

@test "lines and bytes" {
    run kq-pipe -n -I lines --call upd - <<<$'a\nb c'
    assert_output '(`upd;(,"a";"b c"))'
    run kq-pipe -n -I bytes --call '{x}' - <<<$'a\nb c'
    assert_output '("{x}";"a\nb c\n")'
    run kq-pipe -n -I lines -t t --call .u.upd - <<<$'a'
    assert_output '(`.u.upd;`t;,,"a")'
}

@test "chunks of 131000 bytes, cut at ends of lines" {
    # Lines of 7 bytes: 18714 of them are 130998; a message has 23 bytes, a line 6 and one less.
    yes abcdef | head -n 20000 >in
    for from in in -; do
        run bash -c "kq-pipe -n -I lines --call f -F ipc - $from <in | kq-dump --fields size -F csv"
        assert_output $'size\n224591\n15455'
        run bash -c "kq-pipe -n -I bytes --call f -F ipc - $from <in | kq-dump --fields size -F csv"
        assert_output $'size\n131021\n9025'
    done
    # A longer line is alone; the last one needs no end.
    run bash -c "printf 'a\nbcdefghij\nk\nl' | kq-pipe -n -I lines --call f --batch-bytes 5 -F ipc - | kq-dump -F q"
    assert_output $'(`f;,,"a")\n(`f;,"bcdefghij")\n(`f;(,"k";,"l"))'
}

@test "epochs, nulls, time zones, added columns" {
    run dry -Y PD --epoch=ms <<<'1704164645123,1704164645123'
    assert_output '("insert";`t;(,2024.01.02D03:04:05.123000000;,2024.01.02))'
    run dry -Y SF --na NA <<<$'NA,NA\nx,1'
    assert_output '("insert";`t;(``x;0n 1))'
    run dry -Y P --time-zone +01:00 <<<$'2024-01-02T03:00:00\n2024-01-02T03:00:00Z'
    assert_output '("insert";`t;,2024.01.02D02:00:00.000000000 2024.01.02D03:00:00.000000000)'
    run dry --columns a:j,b:s --add 'src=`feed' --add 'b=`x' <<<$'1\n2'
    assert_output '("insert";`t;+`src`a`b!(`feed`feed;1 2;`x`x))'
    run dry --columns n:j --add d=now <<<1
    assert_output --regexp '^\("insert";`t;\+`[dn]`[dn]!\(,20[0-9.]+D[0-9:.]+;,1\)\)$'
}

@test "zones with a name" {
    [ -e /usr/share/zoneinfo/Europe/Berlin ] || skip "no zone files"
    zone() { kq-pipe -n -t t -Y "$1" --time-zone Europe/Berlin -; }
    run zone P <<<$'2024.01.02D12:00:00\n2024-07-01T12:00:00.5\n2024-07-01T12:00:00Z\n1949.12.31D00:00:00\n2050.07.01D12:00:00'
    assert_output '("insert";`t;,2024.01.02D11:00:00.000000000 2024.07.01D10:00:00.500000000 2024.07.01D12:00:00.000000000 1949.12.30D23:00:00.000000000 2050.07.01D10:00:00.000000000)'
    # An hour that is left out, around it, and one that is there twice.
    run zone P <<<$'2024.03.31D01:59:59\n2024.03.31D02:30:00\n2024.03.31D03:00:00\n2024.10.27D01:59:59\n2024.10.27D02:30:00\n2024.10.27D03:00:00'
    assert_output '("insert";`t;,2024.03.31D00:59:59.000000000 2024.03.31D01:30:00.000000000 2024.03.31D01:00:00.000000000 2024.10.26D23:59:59.000000000 2024.10.27D00:30:00.000000000 2024.10.27D02:00:00.000000000)'
    run zone ZD <<<2024.01.02T12:00:00,2024.01.02
    assert_output '("insert";`t;(,2024.01.02T11:00:00.000;,2024.01.02))'
    for bad in Europe/Nowhere ../../../etc/passwd /etc/passwd +25:00; do
        run kq-pipe -n -t t -Y P --time-zone "$bad" - <<<1
        assert_failure 2
    done
}

@test "rows that cannot be read" {
    run --separate-stderr dry -Y JS <<<$'1,a\nx,b\n3,c'
    assert_failure 10
    assert_output '("insert";`t;(,1;,`a))'
    assert_equal "$stderr" "kq-pipe: standard input:2: field 1: 'x' is not a long"
    run dry --columns n:j,s:s --on-error skip --max-errors 2 --reject bad <<<$'1,a\nx,b\n3\n4,d'
    assert_success
    assert_output --partial '("insert";`t;+`n`s!(1 4;`a`d))'
    assert_equal "$(cat bad)" $'standard input:2: field 1 (n): \'x\' is not a long: x,b\nstandard input:3: 1 fields, expected 2: 3'
    run dry -Y JS --on-error null <<<$'1,a\nx,b\n3\n4,d,e'
    assert_success
    assert_output '("insert";`t;(1 0N 3 4;`a`b``d))'
    run dry -Y JS <<<$'1,"a'
    assert_failure 10
    assert_output --partial 'standard input:1: quote without end'
}

@test "batches, counts, formats" {
    seq 5 >in
    kq-pipe -n -t t -Y J -b 2 -F ipc -o out - in
    run kq-pipe -n -I ipc -F ipc -o again - out
    cmp out again
    assert_equal "$(wc -c <out)" $((3 * (8 + 6 + 12 + 3 + 6 + 6) + 5 * 8))
    kq-pipe -n -t t -Y J -b 2 -F tplog -o log - in
    kq-pipe -n -I tplog -F ipc -o again - log
    cmp out again
    run kq-pipe -n -t t -Y J -c 3 - in
    assert_output '("insert";`t;,1 2 3)'
    kq-pipe -n -t t -Y J -c 2 --shape rows -F payload -o rows - in
    head=0000030000000a0006000000696e73657274f57400000001000000
    assert_equal "$(xxd -p rows | tr -d '\n')" "${head}f90100000000000000${head}f90200000000000000"
    run kq-pipe -n -t t -Y J -F json - in
    assert_output '["insert","t",[[1,2,3,4,5]]]'
    run kq-pipe -n -t t -Y J --endian big -F hex -c 1 - in
    assert_line --index 0 --regexp '^00000000: 0000 0000 0000 003'
}

@test "several files, each with its header" {
    printf 'a,b\n1,x\n' >one
    printf 'b,a\ny,2' >two
    run kq-pipe -n -t t --columns a:j,b:s -H - one two
    assert_output '("insert";`t;+`a`b!(1 2;`x`y))'
}

@test "schemas from files" {
    printf '# comment\nn:j\nname:s, text:C\n' >pairs
    run dry --schema pairs <<<'1,x,y z'
    assert_output '("insert";`t;(,1;,`x;,"y z"))'
    echo '([]n:`long$();name:`symbol$();text:())' >table.q
    run dry --schema table.q <<<'1,x,y z'
    assert_output '("insert";`t;(,1;,`x;,"y z"))'
    echo '1 2 3' >bad
    run dry --schema bad <<<1
    assert_failure 2
    run dry --schema missing <<<1
    assert_failure 9
}

@test "damaged messages and logs" {
    seq 5 >in
    kq-pipe -n -t t -Y J -b 2 -F tplog -o log - in
    head -c -3 log >short
    run kq-pipe -n -I tplog -F ipc -o out - short
    assert_failure 7
    assert_output "kq-pipe: short: message 3: cut off (badtail)"
    assert_equal "$(wc -c <out)" $((2 * (8 + 6 + 12 + 3 + 6 + 6) + 4 * 8)) # the good ones
    kq-pipe -n -t t -Y J -F ipc -o msgs - in
    head -c -1 msgs >short
    run kq-pipe -n -I ipc -F none - short
    assert_failure 7
    run kq-pipe -n -I ipc -F none - in
    assert_failure 7
}

@test "usage" {
    run kq-pipe
    assert_failure 2
    run kq-pipe --help
    assert_success
    run kq-pipe -n -t t -
    assert_failure 2
    assert_output --partial "--types, --columns or --schema is missing"
    run kq-pipe -n -Y J -
    assert_output --partial "--table is missing"
    run kq-pipe -n -t t -Y Q - </dev/null
    assert_failure 2
    assert_output --partial "no such column type: 'Q'"
    run kq-pipe -n -t t -Y J localhost:5010
    assert_failure 2
    run kq-pipe -t t -Y J fifo://x
    assert_failure 2
    run kq-pipe -n -I lines -
    assert_output --partial "--call is missing"
    run kq-pipe -n -t t -Y J - no-such-file
    assert_failure 9
    run kq-pipe -n -t t -Y J --shard-by x -
    assert_failure 2
    run kq-pipe -n -t t -Y JJ --widths 1,x - <<<12
    assert_failure 2
    run kq-pipe -n -t t -Y J --add x -
    assert_failure 2
    run kq-pipe -n -t t -Y J --add 'x=foo' - <<<1
    assert_failure 2
    assert_output --partial "'foo' is a name"
}

@test "output that cannot be written" {
    run bash -c 'seq 100000 | kq-pipe -n -t t -Y J -F ipc - >/dev/full'
    assert_failure 9
    run bash -c 'seq 100 | kq-pipe -n -t t -Y J --tee -F none -'
    assert_line --index 1 2
    assert_equal "${#lines[@]}" 100
}

@test "empty input ends well" {
    run dry -Y J </dev/null
    assert_success
    assert_output ""
    run dry -Y J -H </dev/null
    assert_success
}
