Right to left, without precedence.

q)1+1
2
q)2*3+4
14
q)1-1
0
q)a:2
q)a-1
1
q)(1 2 3)-1 0 2
0 2 1
q)neg 3 4 5
-3 -4 -5
q)3+b:til 5
3 4 5 6 7
q)b
0 1 2 3 4
q)1+b[2]+:5
8
q)b
0 1 7 3 4

Functions.

q){x*x}4
16
q){[a;b]a2:a*a;b2:b*b;a2+b2+2*a*b}[20;4]
576
q)f:{x+y}
q)f[1;2]
3
q)g:f[1]
q)g 2
3
q)g
{x+y}[1]
q){:x;2}3
3
q){$[x>1;x*.z.s x-1;1]}5
120
q){x+y}[1;2;3]
'rank
q)(x+5;x:20;x-5)
'x
q)(neg;{x*x})@\:4
-4 16

Names.

q)foo
'foo
q).ns.v:6
q).ns.v
6
q)`.ns[`v]
6
q)til:3
'assign

Lists.

q)(1;`a;"abc")
1
`a
"abc"
q)x:(1 2 3;4 5 6)
q)x[1;2]
6
q)x[;0]
1 4
q)x . 0 1
2
q)x[0;1]:9
q)x
1 9 3
4 5 6
q)v:1 2 3
q)v 5
0N
q)v[5]:1
'length
q)v[0]:`a
'type
q)v,:4
q)v
1 2 3 4
q)v,:`a
'type

Dictionaries and tables.

q)d:`a`b!1 2
q)d`b
2
q)d[`c]:3
q)d
a| 1
b| 2
c| 3
q)d+`a`z!10 20
a| 11
b| 2
c| 3
z| 20
q)([]a:1 2;b:`x`y)
a b
---
1 x
2 y
q)([k:1 2]v:3 4)
k| v
-| -
1| 3
2| 4

Errors.

q)1+`a
'type
q)1 2+1 2 3
'length
q)'oops
'oops
q)'"a text"
'a text
q)@[{1+x};`a;{"caught ",x}]
"caught type"
q).[+;(1;`a);-1]
-1

Parse trees.

q)parse"1+2"
+
1
2
q)eval parse"1+2"
3
q)parse"+/[1 2 3 4]"
(/;+)
1 2 3 4
q)parse"`a`b`c,`d,v"
,
,`a`b`c
(,;,`d;`v)

Requests.

q)value"2+2"
4
q)value(+;2 3 5;10 20 30)
12 23 35
q)mydef:{x+y}
q)value("mydef";2 3 5;10 20 30)
12 23 35
q)value(`mydef;2;3)
5
q)value""
