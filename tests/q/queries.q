
Select.

q)t:([]n:`x`y`x`z`z`y;p:0 15 12 20 25 14)
q)select from t
n p
----
x 0
y 15
x 12
z 20
z 25
y 14
q)select n from t where p>12
n
-
y
z
z
y
q)select from t where p>12,n in `x`y
n p
----
y 15
y 14
q)select from t where 1b
n p
----
x 0
y 15
x 12
z 20
z 25
y 14
q)select from t where 0b
n p
---
q)select n,twice:2*p from t where i in 0 2
n twice
-------
x 0
x 24
q)select i from t
x
-
0
1
2
3
4
5
q)select p,p,q:p from t
p  p1 q
--------
0  0  0
15 15 15
12 12 12
20 20 20
25 25 25
14 14 14
q)select max p from t
p
--
25
q)select max p,n from t where n=`x
p  n
----
12 x
12 x
q)select distinct n from t
n
-
x
y
z
q)select[2] from t
n p
----
x 0
y 15
q)select[-2] from t
n p
----
z 25
y 14
q)select[2 3] from t
n p
----
x 12
z 20
z 25
q)select[2;>p] from t
n p
----
z 25
z 20
q)select[<p] from t
n p
----
x 0
x 12
y 14
y 15
z 20
z 25
q){[a]select from t where p>a}[10]
n p
----
y 15
x 12
z 20
z 25
y 14
q){b:`x;select from t where n=b}[]
n p
----
x 0
x 12
q)select from ([]a:1 2;b:(1 2;"x")) where a>1
a b
---
2 x

Groups are sorted.

q)select m:max p,s:sum p by name:n from t where p>0
name| m  s
----| -----
x   | 12 12
y   | 15 29
z   | 25 45
q)select p by n from t
n| p
-| -----
x| 0 12
y| 15 14
z| 20 25
q)select by n from t
n| p
-| --
x| 12
y| 14
z| 25
q)select count i by n from t
n| x
-| -
x| 2
y| 2
z| 2
q)select a:sum p,b:avg p,c:first p,d:last p,e:count p,f:(sum p)%count p,g:max 2*p,h:min neg p by n from t
n| a  b    c  d  e f    g  h
-| ---------------------------
x| 12 6    0  12 2 6    24 -12
y| 29 14.5 15 14 2 14.5 30 -15
z| 45 22.5 20 25 2 22.5 50 -25
q)select {max x}p by n from t
n| p
-| --
x| 12
y| 15
z| 25
q)select a:sum p,c:1,d:p[0] by n,b:p>13 from t
n b| a  c d
---| -------
x 0| 12 1 0
y 1| 29 1 15
z 1| 45 1 20
q)select sum p by n from t where n=`foo
n| p
-| -
q)select sum x by 2 xbar time.minute from ([]time:12:00:01 13:04:05 12:00:30;x:1 2 3)
minute| x
------| -
12:00 | 4
13:04 | 2
q)select count 1b by n from t
n| x
-| -
x| 1
y| 1
z| 1
q)select sum a,min b,max c,avg d,prd e by k from ([]k:1 1 2;a:101b;b:3 0N 4h;c:1 0n 2e;d:1 2 0N;e:2 3 4i)
k| a b c d   e
-| -----------
1| 1 3 1 1.5 6
2| 1 4 2     4
q)select min a,max a by k from ([]k:1 2;a:0N 3)
k| a  a1
-| ------
1| 0W -0W
2| 3  3
q)select c by a,b from ([]a:2 1 2;b:("x";"y";"x");c:1 2 3)
a b| c
---| ---
1 y| ,2
2 x| 1 3

A column without a name is called after the leftmost one in it.

q)select 2*p,neg p-1,i from t
p  p1  x
--------
0  1   0
30 -14 1
24 -11 2
40 -19 3
50 -24 4
28 -13 5
q)update `g#n from t
n p
----
x 0
y 15
x 12
z 20
z 25
y 14
q)select count i by 10 xbar p from t
p | x
--| -
0 | 1
10| 3
20| 2
q)select {x}n,max 1 2,s.c from ([]n:1 2;s:2#enlist`c`d!3 4)
n x c
-----
1 2 3
2 2 3

Exec.

q)exec p from t
0 15 12 20 25 14
q)exec n,p from t
n| x y  x  z  z  y
p| 0 15 12 20 25 14
q)exec p by n from t
x| 0  12
y| 15 14
z| 20 25
q)exec sum p by n from t
x| 12
y| 29
z| 45
q)exec q:sum p by n from t
 | q
-| --
x| 12
y| 29
z| 45
q)exec q:sum p by n:n from t
n| q
-| --
x| 12
y| 29
z| 45
q)exec sum p by n:n from t
n|
-| --
x| 12
y| 29
z| 45
q)exec n,p by 0b from t
n p
----
x 0
y 15
x 12
z 20
z 25
y 14
q)exec a:p from t where i<2
a| 0 15
q)exec n,distinct p mod 2 from t
n| `x`y`x`z`z`y
p| 0 1

Update.

q)update p:max p by n from t where p>0
n p
----
x 0
y 15
x 12
z 25
z 25
y 15
q)update r:2*p from t
n p  r
-------
x 0  0
y 15 30
x 12 24
z 20 40
z 25 50
y 14 28
q)update r:2*p from t where p>14
n p  r
-------
x 0
y 15 30
x 12
z 20 40
z 25 50
y 14
q)update r:sums p by n from t
n p  r
-------
x 0  0
y 15 15
x 12 12
z 20 20
z 25 45
y 14 29
q)update r:count i by n from t
n p  r
------
x 0  2
y 15 2
x 12 2
z 20 2
z 25 2
y 14 2
q)update p:1 from t where n=`none
n p
----
x 0
y 15
x 12
z 20
z 25
y 14
q)update p:0 from `t where n=`x
`t
q)t
n p
----
x 0
y 15
x 0
z 20
z 25
y 14

Delete.

q)delete p from t
n
-
x
y
x
z
z
y
q)delete from t where n=`z
n p
----
x 0
y 15
x 0
y 14
q)delete from t
n p
---
q)delete from `t where n=`z
`t
q)t
n p
----
x 0
y 15
x 0
y 14
q)delete b from `a`b`c!1 2 3
a| 1
c| 3
q)delete from ([k:1 2]v:3 4) where v=3
k| v
-| -
2| 4
q)aa:1
q)delete aa from `.
`.
q)aa
'aa

Keyed tables and foreign keys.

q)s:([s:`s1`s2]c:10 20)
q)sp:([]s:`s$`s1`s2`s1;q:1 2 3)
q)select s.c,q from sp
c  q
----
10 1
20 2
10 3
q)select sum q by s.c from sp
c | q
--| -
10| 4
20| 2
q)select by s from sp
s | q
--| -
s1| 3
s2| 2
q)select from s where c>10
s | c
--| --
s2| 20
q)update c:c+1 from s
s | c
--| --
s1| 11
s2| 21
q)update c:99 from `s where s=`s2
`s
q)s
s | c
--| --
s1| 10
s2| 99

Functional forms.

q)parse"select a,b:c from t where d>1,e in `a`b"
?
`t
,((>;`d;1);(in;`e;,`a`b))
0b
`a`b!`a`c
q)parse"exec a from t"
?
`t
()
()
,`a
q)parse"exec sum a by b from t"
?
`t
()
,`b
,(sum;`a)
q)parse"exec a,b by c:d from t"
?
`t
()
(,`c)!,`d
`a`b!`a`b
q)parse"update a:1 by b from t"
!
`t
()
(,`b)!,`b
(,`a)!,1
q)parse"delete a from t"
!
`t
()
0b
,,`a
q)parse"delete from t where a=1"
!
`t
,,(=;`a;1)
0b
`symbol$()
q)parse"select[5;>a] from t"
?
`t
()
0b
()
5
,(>:;`a)
q)?[t;enlist(>;`p;12);0b;`a`b!(`n;(neg;`p))]
a b
-----
y -15
y -14
q)?[t;();`n;`p]
x| 0  0
y| 15 14
q)?[t;();0b;()]
n p
----
x 0
y 15
x 0
y 14
q)?[t;();();()]
n| `y
p| 14
q)?[t;();();(max;`p)]
15
q)?[t;();0b;();1]
n p
---
x 0
q)![t;();0b;`a`b!(1;(+;`p;1))]
n p  a b
---------
x 0  1 1
y 15 1 16
x 0  1 1
y 14 1 15
q)![t;();0b;enlist`p]
n
-
x
y
x
y
q)![t;enlist(=;`n;enlist`y);0b;`symbol$()]
n p
---
x 0
x 0

Errors.

q)select from 1 2
'type
q)select from nothere
'nothere
q)select zz from t
'zz
q)select from t where p
n p
---
x 0
x 0
q)select from t where 10b
'length
q)select n,distinct 1 2 3 4 5 from t
'length
q)select n by n from t
'dup names for cols/groups n
q)select a
'from
q)select from
'parse
q)update from t
'parse
q)delete n from t where p>1
'nyi
q)update p:`a from t where n=`x
'type
q)update p:1 2 from t
'length
q)?[t;();0b]
'type
q)![t;();0b;1]
'type

