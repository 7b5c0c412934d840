Joins.

q)x:([]a:1 2 3 2;b:`x`y`z`w;c:10 20 30 40)
q)y:([a:2 3]c:100 0N;d:1.5 2.5)
q)x lj y
a b c   d
-----------
1 x 10
2 y 100 1.5
3 z     2.5
2 w 100 1.5
q)x ljf y
a b c   d
-----------
1 x 10
2 y 100 1.5
3 z 30  2.5
2 w 100 1.5
q)x ij y
a b c   d
-----------
2 y 100 1.5
3 z     2.5
2 w 100 1.5
q)x ijf y
a b c   d
-----------
2 y 100 1.5
3 z 30  2.5
2 w 100 1.5
q)(1!x) lj y
a| b c   d
-| ---------
1| x 10
2| y 100 1.5
3| z     2.5
2| w 100 1.5
q)x lj 0!y
'type
q)x pj ([a:2 4]c:1 2;e:7 8)
a b c  e
--------
1 x 10 0
2 y 21 7
3 z 30 0
2 w 41 7
q)s:([]a:1 2;b:2 3;c:5 7)
q)t:([]a:1 2 3;b:2 3 7;c:10 20 30;d:"ABC")
q)s uj t
a b c  d
--------
1 2 5
2 3 7
1 2 10 A
2 3 20 B
3 7 30 C
q)(2!s) uj 2!t
a b| c  d
---| ----
1 2| 10 A
2 3| 20 B
3 7| 30 C
q)(2!s) ujf ([a:1 5;b:2 6]c:0N 1;z:`p`q)
a b| c z
---| ---
1 2| 5 p
2 3| 7
5 6| 1 q
q)s uj 2!t
'type
q)() uj s
a b c
-----
1 2 5
2 3 7
q)ej[`a;([]a:1 2 3;n:`i`j`k);([]a:2 2 1 5;v:10 20 30 40;n:`q`r`s`t)]
a n v
------
1 s 30
2 q 10
2 r 20
q)ej[`a`b;s;t]
a b c  d
--------
1 2 10 A
2 3 20 B
q)trade:([]time:10:01:01 10:01:03 10:01:04;sym:`msft`ibm`ge;qty:100 200 150)
q)quote:([]time:10:01:00 10:01:00 10:01:00 10:01:02;sym:`ibm`msft`msft`ibm;px:100 99 101 98;qty:1 2 3 0N)
q)aj[`sym`time;trade;quote]
time     sym  qty px
---------------------
10:01:01 msft 3   101
10:01:03 ibm      98
10:01:04 ge   150
q)aj0[`sym`time;trade;quote]
time     sym  qty px
---------------------
10:01:00 msft 3   101
10:01:02 ibm      98
10:01:04 ge   150
q)ajf[`sym`time;trade;quote]
time     sym  qty px
---------------------
10:01:01 msft 3   101
10:01:03 ibm  200 98
10:01:04 ge   150
q)ajf0[`sym`time;trade;quote]
time     sym  qty px
---------------------
10:01:00 msft 3   101
10:01:02 ibm  200 98
10:01:04 ge   150
q)aj[`time;([]time:0 5 10);([]time:1 4 9;v:`a`b`c)]
time v
------
0
5    b
10   c
q)aj[`sym`nope;trade;quote]
'nope
q)quote asof `sym`time!(`ibm;10:01:01)
px | 100
qty| 1
q)quote asof ([]sym:`ibm`x;time:10:01:05 10:01:05)
px qty
------
98

q)w:-2 1+\:trade`time
q)wj[w;`sym`time;trade;(quote;(max;`px);(::;`qty))]
time     sym  qty      px
--------------------------
10:01:01 msft 2 3      101
10:01:03 ibm  1 0N     100
10:01:04 ge   `long$() -0W
q)wj1[w;`sym`time;trade;(quote;(max;`px);(count;`qty))]
time     sym  qty px
---------------------
10:01:01 msft 2   101
10:01:03 ibm  1   98
10:01:04 ge   0   -0W
q)wj[w;`sym`time;trade;(quote;({x,'y};`px;`qty))]
time     sym  qty px
-------------------------------
10:01:01 msft 100 (99 2;101 3)
10:01:03 ibm  200 (100 1;98 0N)
10:01:04 ge   150 ()
q)wj[1 2;`sym`time;trade;(quote;(max;`px))]
'length
q)([]a:1 2 3) union ([]a:3 4)
a
-
1
2
3
4
q)([]a:1 2 3) inter ([]a:3 4)
a
-
3
q)([]a:1 2 3) except ([]a:3 4)
a
-
1
2
