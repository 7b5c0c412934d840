The namespace .Q.

q).Q.f[2;.045]
"0.05"
q).Q.f[2;]each 9.996 34.3445 7817047037.90
"10.00"
"34.34"
"7817047037.90"
q).Q.f[0;2.5]
,"3"
q).Q.f[3;-0.0014]
"-0.001"
q).Q.fmt[6;2]each 1 234 1234.5 12345.6
"  1.00"
"234.00"
"******"
"******"
q).Q.addmonths[2006.10.29;4]
2007.03.01
q).Q.addmonths[2007.10.16;6 7]
2008.04.16 2008.05.16
q).Q.dd[`a;`b`c]
`a.b.c
q).Q.dd[`:dir;2020.01.01]
`:dir/2020.01.01
q).Q.btoa"Hello World!"
"SGVsbG8gV29ybGQh"
q).Q.btoa each("a";"ab";"abc";"")
"YQ=="
"YWI="
"YWJj"
""
q)10h$.Q.atob .Q.btoa "any carnal pleas"
"any carnal pleas"
q).Q.x10 12345
"AAAAAAADA5"
q).Q.j10 .Q.x10 12345
12345
q).Q.x12 12345
"0000000009IX"
q).Q.j12 .Q.x12 12345
12345
q).Q.id each `$("ab";"a/b";"two words";"2drifters";"2+2")
`ab`ab`twowords`a2drifters`a22
q)cols .Q.id(`$("count+";"count*";"count1"))xcol([]1 2;3 4;5 6)
`count1`count11`count12
q)cols .Q.id(`$("3aa";"_aa";"_aa"))xcol([]1 2;3 4;5 6)
`a3aa`a_aa`a_aa1
q).Q.id flip(`$("a";"a/b"))!2#()
a ab
----
q).Q.ty each (1 2;`a;"abc";("ab";"cd");(1;`a))
"j cC "
q).Q.fu[{x*x};1 2 1 3]
1 4 1 9
q).Q.trpd[{x+y};(1;2);{x}]
3
q).Q.trpd[{x+y};(1;`a);{"error: ",x,.Q.sbt y}]
"error: type"
q).Q.trp[{x+`a};1;{x,y}]
"type"
q).Q.host .Q.addr`127.0.0.1
`127.0.0.1
q).Q.ft[{update a:a+1 from x};([k:1 2]a:3 4)]
k| a
-| -
1| 4
2| 5

Enumerating tables; databases on disk are refused.

q)sym:`a`b
q)meta .Q.en[`:db;([]s:`a`c;n:1 2)]
c| t f a
-| -----
s| s
n| j
q)sym
`a`b`c
q)exec s from .Q.ens[`:db;([]s:`x`y);`names]
`names$`x`y
q)names
`x`y
q).Q.par[`:db;2020.01.01;`t]
`:db/2020.01.01/t
q).Q.dpft[`:db;2020.01.01;`s;`t]
'access
q).Q.chk`:db
'access
q).Q.ind[([]a:10 20 30);0 2]
a
--
10
30
