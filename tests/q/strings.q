
Case and blanks.

q)lower "ABC dé"
"abc d\303\251"
q)upper `abc`d
`ABC`D
q)lower ("THE";("Quick";"Brown");`FOX)
"the"
("quick";"brown")
`fox
q)upper`a`b!("x";`y)
a| "X"
b| `Y
q)lower ([]a:`A`B;b:("Xy";"Z"))
a b
------
a "xy"
b "z"
q)upper 1 2
'type
q)trim "  ab  "
"ab"
q)ltrim "  ab  "
"ab  "
q)rtrim "  ab  "
"  ab"
q)trim ``a``b`
`a``b
q)trim 0N 1 2 0N
1 2
q)trim ("a ";(" b";"c"))
,"a"
(,"b";"c")
q)trim ""
""

Patterns.

q)"abc" like "a*"
1b
q)`quick`quack`quark like "qu?ck"
110b
q)("abc";"xbc";"ab") like "[a-m]bc"
100b
q)"a-c" like "a[^0-9]c"
1b
q)"x]y" like "x[]]y"
1b
q)"a*c" like "a[*]c"
1b
q)"abcabd" like "*ca*"
1b
q)"abc" like "a*b*"
1b
q)"abc" like "*a*b"
'nyi
q)"abc" like "*a*b*"
'nyi
q)"" like "*"
1b
q)"" like ""
1b
q)`a`b!("xx";"yx") like "x*"
a| 1
b| 0
q)1 2 like "a"
'type
q)(`quick;`quack`quark) like "qu?ck"
'type
q)"toronto ontario" ss "ont"
3 8
q)"aaaa" ss "aa"
0 2
q)"abc" ss "?[bc]"
,0
q)"abc" ss ""
'length
q)"abc" ss "a*"
'length
q)1 2 ss "a"
'type
q)ssr["hello world";"o";"0"]
"hell0 w0rld"
q)ssr["toronto ontario";"t?r";upper]
"TORonto onTARio"
q)ssr["abc";"b";""]
"ac"
q)ssr["abc";"x";"y"]
"abc"
q)ssr["a";"a";"-"]
'type
q)ssr["aba";"a";{1}]
'type
q)ssr["aba";"a";{'oops}]
'oops

Putting together and taking apart.

q)"," vs "a,b,,c"
,"a"
,"b"
""
,"c"
q)", " vs "a, b"
,"a"
,"b"
q)"," vs ""
""
q)"" vs "ab"
'length
q)"," vs 1 2
'type
q)"," sv ("a";"bc";"")
"a,bc,"
q)", " sv ("ab";"cd")
"ab, cd"
q)"," sv 1 2
'type
q)` sv ("ab";"cd")
"ab\ncd\n"
q)` vs "ab\r\ncd\n"
"ab"
"cd"
q)` sv `a`b`c
`a.b.c
q)` vs `a.b.c
`a`b`c
q)` sv `:dir`sub`file
`:dir/sub/file
q)` vs `:dir/sub/file
`:dir/sub`file
q)`x sv `a`b
'type
q)10 sv 2 3 5 7
2357
q)10 sv (1 2;3 4)
13 24
q)0 24 60 60 sv 2 3 5 7
183907
q)2 3 sv 1 2 3
'length
q)10 vs 1995
1 9 9 5
q)10 vs 1995 20
1 0
9 0
9 2
5 0
q)10 vs 0
,0
q)10 vs 0N
,0N
q)24 60 60 vs 3805
1 3 25
q)0 24 60 60 vs 183907
2 3 5 7
q)24 60 60 vs 3805 61
1  0
3  1
25 1
q)1 vs 5
'domain
q)2 vs 1.5
'type
q)0b vs 5h
0000000000000101b
q)0b sv 0b vs -7
-7
q)0b sv 00000001b
0x01
q)0b sv 101b
'length
q)0x0 vs 1234
0x00000000000004d2
q)0x0 vs 1.5
0x3ff8000000000000
q)0x0 vs 2000.01.02
0x00000001
q)0x0 sv 0x0 vs 1234
1234
q)0x0 sv 0x010203
'length
q)0x0 sv 0x0 vs 0Ng
00000000-0000-0000-0000-000000000000
q)0x02 vs 0x0102010201
,0x01
,0x01
,0x01
q)0x03 sv (0x01;0x0102)
0x01030102

Digests need a host.

q)md5 1 2
'type

