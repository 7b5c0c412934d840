
Lists.

q)(a;b):1 2
q)a,b
1 2
q)(a;(b;c)):(1;`x`y)
q)b,c
`x`y
q)(a;;c):1 2 3
q)c
3
q)(a;b):5
q)(a;b):1 2 3
'length
q)(1b;z):(1b;`anything)
q)z
`anything
q)(1b;fresh):(0b;1)
'match
q)fresh
'fresh
q)(`a;fresh):`b`c
'match

Nothing is assigned unless all of it matches.

q)(one;1b):(7;0b)
'match
q)one
'one

Dictionaries and tables: some of the entries.

q)(1 2!(one;two)):1 2 3!"abc"
q)one,two
"ab"
q)(1 2!(one;two)):1 3!"ac"
'match
q)([four:d]):`one`two`four!1 2 4
q)d
4
q)([one:;four:d]):`one`two`four!1 2 5
q)d
5
q)([six:;four:d]):`one`two`four!1 2 4
'match
q)([four:d]):1 2
'match
q)([]x2:e):([]x1:1 2;x2:3 4)
q)e
3 4
q)([]x3:e):([]x1:1 2;x2:3 4)
'match

Filters: a type, or a function.

q)(a:`j;b:`S):(1;`p`q)
q)a
1
q)b
`p`q
q)(a:`j):1.5
'type
q)(a:`j;b):(1.5;2)
'type
q)(n:string;m:neg):(12;5)
q)n
"12"
q)m
-5
q)(n:{'bad};m):1 2
'bad

Parameters.

q)f:{[(a;b);c]a+b+c}
q)f[1 2;3]
6
q)f
{[(a;b);c]a+b+c}
q)f[1 2]
{[(a;b);c]a+b+c}[1 2]
q)f[1 2 3;4]
'length
q){[x;]x}[3;4]
3
q){[a:`j;b]a+b}[1;2]
3
q){[a:`j;b]a+b}[1f;2]
'type
q){[([k:v])]v}`k`l!1 2
1
q){[]7}[]
7

Choosing by pattern.

q):[1f;r:`f;"float";r:`i;"int";"other"]
"float"
q)r
1f
q):[1i;r:`f;"float";r:`i;"int";"other"]
"int"
q):[1;r:`f;"float";r:`i;"int";"other"]
"other"
q)g:{:[x;(a;b);a+b;(a;b;c);a+b+c;`none]}
q)g each (1 2;1 2 3;1 2 3 4)
3
6
`none
q):[1;2;`two]
q):[1;nothere+1;`a;`b]
'nothere

Dictionary literals; with gaps they are functions.

q)([a:1;b:2 3])
a| 1
b| 2 3
q)([0;1;2])
x | 0
x1| 1
x2| 2
q)d:([a:101;b:])
q)d 102
a| 101
b| 102
q)d each`x`y
a   b
-----
101 x
101 y
q)([k1:;k2:])[1;"a"]
k1| 1
k2| "a"

