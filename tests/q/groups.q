
Nesting by columns.

q)t:([]a:0 1 0 1 2;b:`a`a`c`d`e;c:til 5)
q)`a xgroup t
a| b    c
-| --------
0| `a`c 0 2
1| `a`d 1 3
2| ,`e  ,4
q)`b`a xgroup t
b a| c
---| --
a 0| ,0
a 1| ,1
c 0| ,2
d 1| ,3
e 2| ,4
q)`a xgroup ([a:1 1]b:2 3)
a| b
-| ---
1| 2 3
q)`z xgroup t
'z
q)`a xgroup 1 2
'type
q)ungroup `a xgroup t
a b c
-----
0 a 0
0 c 2
1 a 1
1 d 3
2 e 4

An aggregate in the place of each row.

q)(sum;10 20 30 40 50) fby 0 1 0 1 2
40 60 40 60 50
q)(first;`x`y`z) fby `p`q`p
`x`y`x
q)(count;1 2 3) fby ("a";"b";"a")
2 1 2
q)({x-avg x};1 2 3 4) fby `a`b`a`b
-1 -1 1 1f
q)({[x]max x};10 20 30) fby ([]a:1 1 2;b:`x`y`x)
10 20 30
q)select from t where c=(max;c) fby a
a b c
-----
0 c 2
1 d 3
2 e 4
q)select from t where c=(max;c) fby ([]a;b)
a b c
-----
0 a 0
1 a 1
0 c 2
1 d 3
2 e 4
q)(sum;1 2 3) fby 1 2
'length
q)1 fby 1 2
'type
q)({1 2};1 2 3) fby `a`a`b
'length

Names.

q)tables[]
,`t
q)tables `.
,`t
q)hsym `a`b
`:a`:b
q)hsym `localhost:5001
`:localhost:5001

