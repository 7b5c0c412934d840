Index.

q)v:10 20 30
q)v 1
20
q)v 5
0N
q)v(0 1;2)
10 20
30
q)v`a
'type
q)"abcdef"1 0 3
"bad"
q)m:(1 2 3;4 5 6)
q)m[1;2]
6
q)m[;0 2]
1 3
4 6
q)m . 1 2
6
q)m . (::;0)
1 4
q)d:`a`b!(1 2;3 4)
q)d`b
3 4
q)d[`b;1]
4
q)d[;0]
a| 1
b| 3
q)d`c
`long$()
q)t:([]a:1 2;b:`x`y)
q)t 1
a| 2
b| `y
q)t`a
1 2
q)t[1;`b]
`y
q)t[;`b]
`x`y
q)t 0 1 0
a b
---
1 x
2 y
1 x
q)(1;`a`b!(2 3 4;10 20 30 40)) . (1;`b;2)
30
q)"abc"`a`b!0 2
a| a
b| c

Assign by index.

q)v[0]:1
q)v
1 20 30
q)v[0 2]:5 6
q)v
5 20 6
q)v[]+:1
q)v
6 21 7
q)v[5]:1
'length
q)v[0]:`a
'type
q)m[0;1]:9
q)m
1 9 3
4 5 6
q)m[;0]:7 8
q)m
7 9 3
8 5 6
q)l:(1;`a;"s")
q)l[1]:2
q)l[2]:3
q)l
1 2 3
q)d[`a;0]:99
q)d[`z]:5 6
q)d
a| 99 2
b| 3  4
z| 5  6
q)d[`a],:7
q)d
a| 99 2 7
b| 3 4
z| 5 6
q)t[0;`a]:10
q)t[`b]:`p`q
q)t[`c]:1b
q)t
a  b c
------
10 p 1
2  q 1
q)(p;(q1;r)):(1;2 3)
q)p,q1,r
1 2 3

Append in place.

q)a:1 2
q)a,:3
q)a
1 2 3
q)a,:4 5
q)a
1 2 3 4 5
q)a,:`x
'type
q)b:()
q)b,:1
q)b
,1
q)b,:2
q)b
1 2
q)s:"ab"
q)s,:"c"
q)s
"abc"

Amend.

q)@[til 5;1 3;+;10]
0 11 2 13 4
q)@[til 5;1 1;+;10]
0 21 2 3 4
q)@[til 5;1 3;:;10 20]
0 10 2 20 4
q)@[til 5;1 3;neg]
0 -1 2 -3 4
q)@[1 2;::;*;3 4]
3 8
q).[(1 2;3 4);0 1;:;9]
1 9
3 4
q).[(1 2;3 4);(::;0);neg]
-1 2
-3 4
q).[1 2;();,;3 4 5]
1 2 3 4 5
q).[((1 2 3;4 5 6 7);(8 9;10;11 12);(13 14;15 16 17 18;19 20));(2 0;0 1 0);,;(100 200 300;400 500 600)]
(1 2 3 400 600;4 5 6 7 500)
(8 9;10;11 12)
(13 14 100 300;15 16 17 18 200;19 20)
q)x:1 2 3
q)@[`x;0;:;100]
`x
q)x
100 2 3
q).[`x;1;+;5]
'type
q)x
100 2 3

Values are not changed behind the back of others.

q)u:1 2 3
q)w:u
q)u[0]:9
q)w
1 2 3
q)f:{x[0]:100;x}
q)f u
100 2 3
q)u
9 2 3
q)g:(u;u)
q)g[0;0]:7
q)u
9 2 3
q)h:`a`b!(u;u)
q)h[`a;1]:8
q)u
9 2 3
q)(2*u)+u
27 6 9
q)u
9 2 3

Trap.

q)@[{1+x};`a;{"caught ",x}]
"caught type"
q)@[{1+x};`a;0]
0
q).[+;(1;`a);{x}]
"type"
q)@[{'x};`own;::]
"own"
q)@[{'"text"};0;::]
"text"
q).[{x+y};1 2;{x}]
3
q)@[value;"1+`a";{x}]
"type"

Signal.

q)'`word
'word
q)'"some text"
'some text
q)'2
'stype
q){'`inside}1
'inside

Conditions and loops.

q)$[0b;`t;`f]
`f
q)$[0;1;0;2;3]
3
q)$[`a;1;2]
'type
q){if[x>1;:`big];`small}each 1 2
`small`big
q){while[x<10;x+:3];x}1
10
q){do[3;x*:2];x}1
8
q)i:0
q)while[i<3;i+:1]
q)i
3

Locals, globals, limits.

q)a:1
q){a:2;a}0
2
q)a
1
q){a::3}0
3
q)a
3
q){a:5;a::6;a}0
6
q)a
3
q){b1:x;{b1}[]}1
'b1
q){[a;b;c;d;e;f;g;h;i]a}
'params
q)k:{x,y,z}
q)k[1;;3]2
1 2 3
q)k[1;2;3;4]
'rank

Text to values.

q)value"1+2"
3
q)value"a:7;a"
7
q)value(`k;1;2;3)
1 2 3
q)value({x*y};3;4)
12
q)value`a
7
q)value(+;1 2;3)
4 5
q)eval(+;1;(*;2;3))
7
q)eval parse"a+1"
8
q)parse"a:1;b"
";"
(:;`a;1)
`b
q)value{[a;b]c:a+b;c*d}
`byte$()
`a`b
,`c
``d
"{[a;b]c:a+b;c*d}"

A name is global or local, not one after the other.

q){a::1;a:1}
'a
q){a:1;a::2;a}0
2
q)key`..a
`..a

Weeks begin on Monday.

q)`week$2000.01.01 2000.01.02 2000.01.03 0Nd
1999.12.27 1999.12.27 2000.01.03 0Nd
q)`week$2001.01.03D12
2001.01.01
q)`week$1b
1999.12.27
q)select sum x by date.week from ([]date:2001.01.03 2001.01.08;x:1 2)
week      | x
----------| -
2001.01.01| 1
2001.01.08| 2

Parts of times by point.

q)d:2001.02.03D04:05:06.123456789
q)(d.year;d.mm;d.dd;d.hh;d.uu;d.ss)
2001 2 3 4 5 6i
q)d.date
2001.02.03
q)d.minute
04:05
q)ds:2001.02.03 2002.03.04
q)ds.month
2001.02 2002.03m
q)d.foo
'd.foo
q).ns.d:2001.01.01
q).ns.d.year
2001i

Attributes after appending in place and after changes.

q)a:`s#1 2 3
q)a,:4 5
q)a
`s#1 2 3 4 5
q)a,:1
q)a
1 2 3 4 5 1
q)u:`u#1 2 3
q)u,:4
q)u
`u#1 2 3 4
q)u,:5 5
q)attr u
`
q)g:`g#1 2 1
q)g,:2
q)g[0]:5
q)g
`g#5 2 1 2
q)p:`p#1 1 2
q)p,:2
q)attr p
`
q)(`s#1 2),3
1 2 3

Internal functions.

q)a:b:c:d:1 2 3
q)-16!a
4i
q)-10!20h
1b
q)-12!2130706433i
`127.0.0.1
q)-13!`localhost
2130706433i
q)-20!0
0
q)-23!1 2
1 2
q)-36!0
0b
q)-120!1 2
0

The root is a namespace too: what a tickerplant does to empty its tables.

q)trade:([]sym:`a`b;n:1 2)
q)quote:([]sym:`c`d;n:3 4)
q)@[`.;`trade`quote;@[;`sym;`g#]0#]
`.
q)count each(trade;quote)
0 0
q)attr trade`sym
`g
q)total::count trade
q)@[`.;`quote;:;7]
`.
q)quote
7
q)`trade insert(`x;1)
,0
q)total
1
q)delete quote from`.
`.
q)quote
'quote

Members of namespaces and dictionaries change where they are kept.

q).sp.x:1
q).sp[`x]:10
q).sp.x
10
q).sp[`x]+:1
q).sp.y:5
q).sp
 | ::
x| 11
y| 5
q)d:`a`b!(1 2;3 4)
q)d.a[0]:9
q)d.b,:5
q)d
a| 9 2
b| 3 4 5
q).sp.t:([]a:1 2)
q).sp.t.a[1]:7
q).sp.t
a
-
1
7
q){.sp.y+:x;.sp.y}2
7
q).nosuch[`x]:1
'.nosuch
q)key`
`q`Q`h`j`o`ns`sp

Primitives of one argument are no assignments.

q)x:5
q)neg[x;2]
'rank
q)count[x;2]
'rank
q)x
5
q)x-:2
q)x
3
q)med()
0n
