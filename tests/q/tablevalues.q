Tables and keyed tables as values.

q)t:([]name:`Dave`Sue;city:`London`Paris)
q)t upsert ([]name:1#`Tom;city:1#`Rome)
name city
-----------
Dave London
Sue  Paris
Tom  Rome
q)t,:(`x;`y)
q)t,:`name`city!`p`q
q)t
name city
-----------
Dave London
Sue  Paris
x    y
p    q
q)t,([]city:`A`B;name:`C`D)
name city
-----------
Dave London
Sue  Paris
x    y
p    q
C    A
D    B
q)t,enlist`name`city!`e`f
name city
-----------
Dave London
Sue  Paris
x    y
p    q
e    f
q)a:([s:`q`w`e]r:1 2 3;u:5 6 7)
q)a upsert (`e;30;70)
s| r  u
-| -----
q| 1  5
w| 2  6
e| 30 70
q)a upsert ([s:`e`r`q]r:30 4 10;u:70 8 50)
s| r  u
-| -----
q| 10 50
w| 2  6
e| 30 70
r| 4  8
q)a,([s:`e`r`q]r:30 4 10;u:70 8 50)
s| r  u
-| -----
q| 10 50
w| 2  6
e| 30 70
r| 4  8
q)a upsert `s`r`u!(`w;0;0)
s| r u
-| ---
q| 1 5
w| 0 0
e| 3 7
q)`a upsert (`e;30;70)
`a
q)a[`e]
r| 30
u| 70
q)a[`e;`r]
30
q)a[`e`q]
r  u
-----
30 70
1  5
q)a`zzz
r|
u|
q)a[`w;`r]:99
q)a
s| r  u
-| -----
q| 1  5
w| 99 6
e| 30 70
q).[`a;();,;(`n;1;2)]
`a
q)a
s| r  u
-| -----
q| 1  5
w| 99 6
e| 30 70
n| 1  2
q)update r:0 from `a where s=`n
`a
q)delete from a where s=`n
s| r  u
-| -----
q| 1  5
w| 99 6
e| 30 70
q)count a
4
q)key a
s
-
q
w
e
n
q)value a
r  u
-----
1  5
99 6
30 70
0  2
q)first a
r| 1
u| 5
q)last t
name| p
city| q
q)t 0
name| Dave
city| London
q)t 0 1
name city
-----------
Dave London
Sue  Paris
q)t[`name]
`Dave`Sue`x`p
q)t[0;`name]
`Dave
q)t[;`name]
`Dave`Sue`x`p
q)reverse t
name city
-----------
p    q
x    y
Sue  Paris
Dave London
q)2#t
name city
-----------
Dave London
Sue  Paris
q)-1#t
name city
---------
p    q
q)1_t
name city
----------
Sue  Paris
x    y
p    q
q)`name _ t
'type
q)`name`city#t
name city
-----------
Dave London
Sue  Paris
x    y
p    q
q)(enlist`name)#t
name
----
Dave
Sue
x
p
q)([]a:1 2)+([]a:10 20)
a
--
11
22
q)1+([]a:1 2;b:3 4)
a b
---
2 4
3 5
q)a*2
s| r   u
-| -------
q| 2   10
w| 198 12
e| 60  140
n| 0   4
q)([k:`a`b]v:1 2)+([k:`b`c]v:10 20)
k| v
-| --
a| 1
b| 12
c| 20
q)neg a
s| r   u
-| -------
q| -1  -5
w| -99 -6
e| -30 -70
n| 0   -2
q)a=a
s| r u
-| ---
q| 1 1
w| 1 1
e| 1 1
n| 1 1
q)flip `a`b!(1 2;3)
a b
---
1 3
2 3
q)flip t
name| Dave   Sue   x p
city| London Paris y q
q)([]a:1 2)~([]a:1 2)
1b
q)([]a:1 2)?([]a:2 5)
1 2
q)t?`name`city!`Sue`Paris
1
q)t in t
1111b
q)(`name`city!`Sue`Paris) in t
1b
q)distinct ([]a:1 1 2;b:3 3 4)
a b
---
1 3
2 4
q)group ([]a:1 1 2)
a|
-| ---
1| 0 1
2| ,2
q)`a`b!1 2
a| 1
b| 2
q)(`a`b!1 2),`b`c!3 4
a| 1
b| 3
c| 4
q)(`a`b!1 2)+`b`c!3 4
a| 1
b| 5
c| 4
q)`a`b!(1 2;3 4)
a| 1 2
b| 3 4
q)flip `a`b!(1 2;3 4)
a b
---
1 3
2 4
q)d:`a`b`c!10 20 30
q)d?20
`b
q)d _`b
a| 10
c| 30
q)`b _ d
a| 10
c| 30
q)`a`b#d
a| 10
b| 20
q)d[`a]+:5
q)d
a| 15
b| 20
c| 30
q)key d
`a`b`c
q)value d
15 20 30
q)max d
30
q)asc `b`a!2 1
a| 1
b| 2
q)desc ([]a:1 3 2)
a
-
3
2
1
q)asc ([]b:3 1 2;a:1 2 3)
b a
---
1 2
2 3
3 1
q)xasc[`a;([]a:2 1)]
a
-
1
2
q)`a`b xcol ([]x:1 2;y:3 4)
a b
---
1 3
2 4
q)meta ([]a:1 2;b:("ab";"cd");c:`x`y;d:2020.01.01;e:(1 2;3 4);f:(1;`a))
c| t f a
-| -----
a| j
b| C
c| s
d| d
e| J
f|
q)cols a
`s`r`u
q)keys `a
,`s
q)tables`.
`a`t
q)([]a:1 2 3;b:10 20 30) ij ([a:2 3]c:`x`y)
a b  c
------
2 20 x
3 30 y
q)cross[1 2;3 4]
1 3
1 4
2 3
2 4
q)t cross ([]n:1 2)
name city   n
-------------
Dave London 1
Dave London 2
Sue  Paris  1
Sue  Paris  2
x    y      1
x    y      2
p    q      1
p    q      2
q)(1 2;3 4) cross 5 6
1 2 5
1 2 6
3 4 5
3 4 6
q){[t] select from t where name=`Sue} t
name city
----------
Sue  Paris
q)`s#`a`b!1 2
a| 1
b| 2
q)count each ([]a:1 2)
1 1
q)each[neg;([]a:1 2)]
a
--
-1
-2
q)exec from t
name| p
city| q
q)raze t
name city
-----------
Dave London
Sue  Paris
x    y
p    q
q)sum ([]a:1 2;b:3 4)
a| 3
b| 7
q)avg a
r| 32.5
u| 20.75
q)ungroup ([s:`a`b]v:(1 2;3 4 5))
s v
---
a 1
a 2
b 3
b 4
b 5
q)`sym?`a`b`a
`sym$`a`b`a
q)sym
`a`b
q)`sym$`b`a
`sym$`b`a
q)`sym$`zz
'cast
q)value `sym$`a
`a
q)key `sym$`a`b
`sym
q)type `sym$`a
-20h
q)type `sym$`a`b
20h
q)(`sym$`a`b)=`a
10b
q)`sym$()
`sym$`symbol$()
q)"i"$`sym$`a`b
0 1i
