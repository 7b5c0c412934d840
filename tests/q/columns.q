Medians and moving windows of what has columns.

q)d:`a`b!(10 -21 3;4 5 -6)
q)t:([]a:10 21 3;b:4 5 6)
q)k:([k:`abc`def`ghi]a:10 21 3;b:4 5 6)
q)med d
7 -8 -1.5
q)med t
a| 10
b| 5
q)med k
a| 10
b| 5
q)2 mavg k
k  | a    b
---| --------
abc| 10   4
def| 15.5 4.5
ghi| 12   5.5
q)2 mcount d
a| 1 1 1
b| 2 2 2
q)2 mcount t
a b
---
1 1
2 2
2 2
q)2 mcount k
k  | a b
---| ---
abc| 1 1
def| 2 2
ghi| 2 2
q)2 mdev d
a| 0 0  0
b| 3 13 4.5
q)2 mdev t
a   b
-------
0   0
5.5 0.5
9   0.5
q)2 msum t
a  b
-----
10 4
31 9
24 11
q)2 msum k
k  | a  b
---| -----
abc| 10 4
def| 31 9
ghi| 24 11
q)2 msum (1 2;3 4;5 6)
1 2
4 6
8 10
q)2 mmax k
k  | a  b
---| ----
abc| 10 4
def| 21 5
ghi| 21 6
q)2 mavg (1 2;3)
1 2
2 2.5
q)2 mavg ()
'type
q)med ()
0n
q)med (1;`a)
'type
q)3 msum `a`b
'type
q)2 mavg 1 2 3 4
1 1.5 2.5 3.5
