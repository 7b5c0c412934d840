JSON, messages and other internal functions.

q).j.j 1 2 0N
"[1,2,null]"
q).j.j (1b;"a";"text\n\"q\"";`sym;1.5;0n;0w;2020.01.02;2020.01.02D12:00:00;12:30;`a`b;();(::))
"[true,\"a\",\"text\\n\\\"q\\\"\",\"sym\",1.5,null,inf,\"2020-01-02\",\"2020-..
q).j.j `a`b!(1 2;`x)
"{\"a\":[1,2],\"b\":\"x\"}"
q).j.j ([]a:1 2;b:("x";"yz"))
"[{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"yz\"}]"
q).j.j ([]a:1 2;b:2020.01.02 0Nd)
"[{\"a\":1,\"b\":\"2020-01-02\"},{\"a\":2,\"b\":null}]"
q).j.j 0x2a0b
"[\"2a\",\"0b\"]"
q).j.j 1 2!`a`b
"{\"1\":\"a\",\"2\":\"b\"}"
q).j.j {x+y}
"\"{x+y}\""
q).j.jd (1 0w;([null0w:1b]))
"[1,null]"
q).j.jd 1
'type
q).j.k "{\"a\":[1,2.5,null],\"b\":{\"c\":\"x\\u00e9\\n\"},\"d\":[]}"
a| 1 2.5 0n
b| (,`c)!,"x\303\251\n"
d| ()
q).j.k "[{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"}]"
a b
------
1 ,"x"
2 ,"y"
q).j.k "[true,false]"
10b
q).j.k "-1.5e3"
-1500f
q).j.k "{\"a\":"
'type
q).j.k "[1,2"
'type
q).j.k "nope"
'type
q).j.k ("[1,";"2]")
1 2f
q)-8!1i
0x010000000d000000fa01000000
q)-9!-8!(1;`a`b;([]x:1 2))
1
`a`b
+(,`x)!,1 2
q)-9!0x01000000
'badmsg
q)-9!-8!`s#`a`b!1 2
a| 1
b| 2
q)(10000#0)~-9!-18!10000#0
1b
q)count -18!10000#0
682
q)-22!til 10
94
q)-4!"a variable  named aa_bb[1;2.5]"
,"a"
," "
"variable"
"  "
"named"
," "
"aa_bb"
,"["
,"1"
,";"
"2.5"
,"]"
q)-27!(3i;0 1+123456789.4567)
"123456789.457"
"123456790.457"
q)-27!(2i;.045)
"0.04"
q)-27!(2i;1)
'type
q)10h$.Q.atob .Q.btoa "any carnal pleas"
"any carnal pleas"
q)cols .Q.id(`$("count+";"count*";"count1"))xcol([]1 2;3 4;5 6)
`count1`count11`count12
q)cols .Q.id(`$("3aa";"_aa";"_aa"))xcol([]1 2;3 4;5 6)
`a3aa`a_aa`a_aa1

q)-29!"[1,2]"
1 2f
q)-29!"[1,"
'type
q).j.j ([k:`a`b]v:1 2)
"[{\"k\":\"a\",\"v\":1},{\"k\":\"b\",\"v\":2}]"
q).j.jd (1 0w;()!())
"[1,inf]"
