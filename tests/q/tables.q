Columns, keys and rows of tables.

q)t:([]a:1 2;b:`x`y)
q)t upsert (3;`z)
a b
---
1 x
2 y
3 z
q)t upsert (3 4;`z`w)
a b
---
1 x
2 y
3 z
4 w
q)`t insert (3;`z)
,2
q)`t insert `b`a!(`q;9)
,3
q)`t insert (3.5;`z)
'type
q)`t insert (3;`z;1)
'length
q)`t insert ([]b:`k`l;a:7 8)
4 5
q)t
a b
---
1 x
2 y
3 z
9 q
7 k
8 l
q)k:([s:`a`b]v:1 2;w:1.5 2.5)
q)`k insert (`a;1;2.)
'insert
q)`k upsert (`a;10;20.)
`k
q)`k upsert ((`c;`d;`c);1 2 3;1 2 3.)
`k
q)`k upsert (`c`d`c;1 2 3;1 2 3.)
`k
q)k
s| v  w
-| ------
a| 10 20
b| 2  2.5
c| 3  3
d| 2  2
q)k,(`z;0;0n)
s| v  w
-| ------
a| 10 20
b| 2  2.5
c| 3  3
d| 2  2
z| 0
q)k upsert ([s:`a`q]v:100 200;w:0 0.)
s| v   w
-| -------
a| 100 0
b| 2   2.5
c| 3   3
d| 2   2
q| 200 0
q)meta k
c| t f a
-| -----
s| s
v| j
w| f
q)`s xkey 0!k
s| v  w
-| ------
a| 10 20
b| 2  2.5
c| 3  3
d| 2  2
q)`v xasc k
s| v  w
-| ------
b| 2  2.5
d| 2  2
c| 3  3
a| 10 20
q)`w xdesc `k
`k
q)k
s| v  w
-| ------
a| 10 20
c| 3  3
b| 2  2.5
d| 2  2
q)`new insert ([]a:1 2)
0 1
q)`new insert 3
'type
q)new
a
-
1
2
q)u:([]name:();age:())
q)`u insert (`tom`dick;30 40)
0 1
q)meta u
c   | t f a
----| -----
name| s
age | j
q)`u insert (`joe;"a")
'type
q)ungroup ([]a:1 2;b:(1 2 3;4 5);c:("abc";"de"))
a b c
-----
1 1 a
1 2 b
1 3 c
2 4 d
2 5 e
q)([a:1 2]b:3 4) xcol ([]a:1)
'rank
q)`x`y xcol t
x y
---
1 x
2 y
3 z
9 q
7 k
8 l
q)(enlist[`a]!enlist`aa) xcol t
aa b
----
1  x
2  y
3  z
9  q
7  k
8  l
q)`b xcols t
b a
---
x 1
y 2
z 3
q 9
k 7
l 8
q)cols `t
`a`b
q)keys k
,`s
q)2!t
'length
q)`s`v xkey k
s v | w
----| ---
a 10| 20
c 3 | 3
b 2 | 2.5
d 2 | 2
q)g:([]s:`g#`a`b`a;t:`s#1 2 3)
q)`g insert (`c;5)
,3
q)meta g
c| t f a
-| -----
s| s   g
t| j   s
q)`g insert (`c;4)
,4
q)meta g
c| t f a
-| -----
s| s   g
t| j
q)f:([k:`p`q]n:1 2)
q)ft:([]k:`f$`p`q`p;v:1 2 3)
q)`ft insert (`q;5)
,3
q)`ft insert (`zz;5)
'cast
q)ft
k v
---
p 1
q 2
p 3
q 5
q)meta ft
c| t f a
-| -----
k| s f
v| j
q)fkeys ft
k| f

Upsert takes a list of rows, and tables that lack columns.

q)t:([]name:`ann`bob;age:28 29;sex:`F`M)
q)t upsert ((`cal;30;`M);(`dee;31;`F))
name age sex
------------
ann  28  F
bob  29  M
cal  30  M
dee  31  F
q)t,enlist(`cal;30;`M)
name age sex
------------
ann  28  F
bob  29  M
cal  30  M
q)`t upsert ([]age:1 2;name:`x`y)
`t
q)t
name age sex
------------
ann  28  F
bob  29  M
x    1
y    2
q)t upsert ([]age:1 2;foo:3 4)
'mismatch
q)t,([]age:1 2)
'mismatch
q)(t,())~t
1b
q)((),t)~t
1b
q)`t insert ((`cal;30;`M);(`dee;31;`F))
'length

Rows of tables with enumerated columns.

q)sym:`a`b
q)t:([]s:`sym$`a`b`a;n:1 2 3)
q)t 1
s| `sym$`b
n| 2
q)t each 0 2
s n
---
a 1
a 3
q)enlist`sym$`b
`sym$,`b
q){x`s}each t
`sym$`a`b`a
q)t upsert()
s n
---
a 1
b 2
a 3
q)select first s from t
s
-
a
q)fills`sym$`a`b
`sym$`a`b
q)fills`sym!0 0N 1
`sym$`a`a`b
q)`z^`sym!0 0N
`a`z

/ a new key of a keyed table: a cell of its row, a row, a dictionary; keys of several columns
q)kt:([k:`a`b]v:1 2;w:3 4)
q)kt[`c;`v]:7
q)kt[`d]:8 9
q)kt[`e]:`v`w!1 2
q)kt[`c;`v]+:1
q)kt
k| v w
-| ---
a| 1 3
b| 2 4
c| 8  
d| 8 9
e| 1 2
q)k2:([a:1 2;b:`x`y]v:1 2)
q)k2[(3;`z);`v]:5
q)k2[4;`v]:5
'length
q)k2
a b| v
---| -
1 x| 1
2 y| 2
3 z| 5
