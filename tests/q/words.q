Keywords that the other transcripts do not come to.

Functions of numbers.

q)sin 0.5 1
0.4794255 0.841471
q)cos 0.2
0.9800666
q)tan 0 0.5
0 0.5463025
q)asin 0.8
0.9272952
q)acos -0.4
1.982313
q)atan 0.5
0.4636476
q)exp 1
2.718282
q)log 0 1
-0w 0
q)2 xlog 8 0.125
3 -3f
q)2 xexp 10
1024f
q)sqrt -1 4
0n 2
q)signum -2 0 3
-1 0 1i
q)reciprocal 0 2
0w 0.5
q)-7 7 div 2
-4 3
q)-7 7 mod 2
1 1
q)7 mod -2
-1
q)5 xbar 12 -1
10 -5

Aggregates.

q)all 1 1 0
0b
q)all()
1b
q)any 0 0 1
1b
q)any()
0b
q)sdev 1 2 3 4
1.290994
q)svar 1 2 3 4
1.666667
q)dev 1 2 3 4
1.118034
q)var 1 2 3 4
1.25
q)1 2 3 scov 1 2 4
1.5
q)1 2 3 cov 1 2 4
1f
q)1 2 3 cor 2 4 6
1f
q)med 3 1 2 10
2.5
q)1 2 wavg 10 40
30f
q)prd 2 3 4
24

Scans and windows.

q)avgs 1 2 3
1 1.5 2
q)prds 1 2 3
1 2 6
q)maxs 1 3 2
1 3 3
q)mins 3 1 2
3 1 1
q)ratios 1 2 6
1 2 3f
q)differ 1 1 2
101b
q)ema[0.5;1 2 3f]
1 1.5 2.25
q)2 mmin 3 1 2
3 1 1
q)2 mmax 3 1 2
3 3 2
q)2 mavg 1 2 3
1 1.5 2.5
q)2 msum 1 2 3
1 3 5
q)2 mcount 1 0N 3
1 1 1i
q)next 1 2 3
2 3 0N
q)prev`a`b
``a
q)2 xprev 1 2 3
0N 0N 1
q)-1 xprev 1 2 3
2 3 0N
q)(+)scan 1 2 3
1 3 6
q)(+)over 1 2 3
6

Order and position.

q)rank 30 10 20
2 0 1
q)2 xrank 1 2 3 4
0 0 1 1
q)iasc 30 10 20
1 2 0
q)idesc 30 10 20
0 2 1
q)0 2 4 bin -1 3 9
-1 1 2
q)0 2 4 binr 3 5
2 3
q)2 sublist 1 2 3
1 2
q)-2 sublist 1 2 3
2 3
q)1 2 sublist til 5
1 2
q)2 cut til 5
0 1
2 3
,4
q)1 3 cut til 5
1 2
3 4
q)1 rotate til 3
1 2 0
q)-1 rotate til 3
2 0 1
q)1 2 3 inter 2 3 4
2 3
q)1 2 3 except 2
1 3
q)1 2 union 2 3
1 2 3
q)1 2 cross`a`b
1 `a
1 `b
2 `a
2 `b
q){x*2}peach 1 2
2 4
q)reval parse"1+1"
2
q)reval(set;enlist`zz;1)
'noupdate
q)getenv`NOSUCHVARIABLE
""

Names in .Q.

q).Q.s1(1;`a;"x")
"(1;`a;\"x\")"
q).Q.s 1 2
"1 2\n"
q).Q.t
" bg xhijefcspmdznuvts"
q).Q.a,.Q.A,.Q.n
"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
q).Q.x10 12345
"AAAAAAADA5"
q).Q.j10"AAAAAAADA5"
12345
q).Q.x12 12345
"0000000009IX"
q).Q.j12"0000000009IX"
12345
q).Q.btoa"Hello World!"
"SGVsbG8gV29ybGQh"
q).Q.atob"SGVsbG8gV29ybGQh"
0x48656c6c6f20576f726c6421
q).Q.addmonths[2007.10.16;6 7]
2008.04.16 2008.05.16
q).Q.opt("-a";"10";"20";"-b")
a| ("10";"20")
b| ()
q).Q.def[`a`b!(1;`x)]`a`c!(enlist"5";enlist"y")
a| 5
b| `x
q).Q.fu[{x+1}]1 1 2
2 2 3
q).Q.dd[`:a]`b
`:a/b
q).Q.qt each(([]a:1 2);([a:1 2]b:1 2);1 2;`a`b!1 2)
1100b
q).Q.ty each(1 2;"ab";(1 2;3 4))
"jcJ"
q).Q.v 5
5
q).Q.trp[{x+`a};1;{[e;b]e}]
"type"
q)key .Q.w[]
`used`heap`peak`wmax`mmap`mphy`syms`symw
