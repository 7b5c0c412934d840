Types of sums: booleans and shorts give ints, the wider type wins.

q)1b+1b
2i
q)1h+1h
2i
q)1h+1i
2i
q)1+1i
2
q)1e+1f
10f
q)0x0102+1
2 3
q)1 2 3+(10;20 30;`a)
'type
q)"a"+1
'type

Times.

q)2000.01.01+1
2000.01.02
q)2000.01.01-1999.12.31
1i
q)2000.01.01+12:00
2000.01.01D12:00:00.000000000
q)12:00+00:30:00
12:30:00
q)2000.01.01D00-2000.01.01
0D00:00:00.000000000
q)2000.11.22-03:44:55.666
2000.11.21D20:15:04.334000000
q)2012.05 2012.06m-2
2012.03 2012.04m
q)2*00:10
00:20
q)1.5*0D00:00:10
0D00:00:15.000000000

Nulls stay null; otherwise integers wrap.

q)10+0W+til 3
-9223372036854775799 0N -9223372036854775797
q)0Wi+5
2147483652
q)0Wi+5i
-2147483644i
q)0N+1
0N
q)1 0N 3*2
2 0N 6
q)0n+1
0n

Division.

q)1 2 3%2
0.5 1 1.5
q)1%0
0w
q)0%0
0n
q)7 div 2 3 4
3 2 1
q)-7 div 2
-4
q)-7 mod 2
1
q)7 mod -2
-1
q)7.5 mod 2
1.5
q)6i div 4
1i
q)0x80 div 16
8i
q)2014.10.13 div 365
2000.01.15
q)-7 7 div/:\:-2.5 -2 2 2.5
2  3  -4 -3
-3 -4 3  2
q)2 xbar 7 8 9
6 8 8
q)0.5 xbar 1.3 2.7
1 2.5
q)10 xbar 12:34
12:30
q)(3;4 5)xbar(10;20 -30)
9
20 -30

One number.

q)neg 1b
-1i
q)abs -3h
3h
q)signum -2.5 0 3
-1 0 1i
q)floor -2.5 2.5
-3 2
q)ceiling -2.1 0 2.1
-2 0 3
q)ceiling 2+10 xexp -12 -13
3 2
q)reciprocal 0 1 2
0w 1 0.5
q)not 0 1 2
100b
q)null (1;0N;`;"a")
0110b
q)sqrt -1 2
0n 1.414214
q)exp 1
2.718282
q)2 xexp 3
8f
q)2 xlog 8
3f
q)-2 2 xexp .5
0n 1.414214

Comparison is tolerant for floats, nulls come first.

q)1=1+1e-14
1b
q)1~1.0
0b
q)0n=0n
1b
q)0n<-0w
1b
q)0N<-0W
1b
q)"0"<("4";"f";"F";4)
1110b
q)`a`b=`a`c
10b
q)`alpha>`omega
0b
q)1 2<>1 3
01b
q)(1;2 3 4;7)<(1 2 3;4 5 6;7 8)
011b
111b
01b
q)2000.01.01=2000.01.01D00
1b
q)12:00<12:00:01
1b

Lesser, greater, fill, within.

q)2&3 1
2 1
q)"sat"&"cow"
"cat"
q)101b|110b
111b
q)98&"c"
"b"
q)0N|5
5
q)0^1 0N 3
1 0 3
q)`x^`a``b
`a`x`b
q)1 2 3 4 within 2 3
0110b
q)"d" within "ae"
1b

Aggregates skip nulls.

q)sum 1 0N 3
4
q)sum 110b
2i
q)sum (1 2;0N 4)
0N 6
q)max 2 5 7 1 3
7
q)max "genie"
"n"
q)max 0N 0N
-0W
q)min ()
0W
q)avg 1 2 3 0N
2f
q)avg (1;0n;2;3)
1.5
q)med 10 34 23 123 5 56
28.5
q)var 2 3 5 0n 7
3.6875
q)svar 2 3 5 7
4.916667
q)dev 1 2 3
0.8164966
q)2 3 4 wavg 1 2 4
2.666667
q)2 0N 4 5 wavg 1 2 0N 8
6f
q)2 wsum 1 2 4
14
q)1 2 3 cov 2 4 7
1.666667
q)1 2 3 cor 2 4 7
0.9933993
q)max`a`b!(10 21 3;4 5 6)
10 21 6
q)sum ([]a:1 2;b:3 4)
a| 3
b| 7

Running.

q)sums 1 0N 3
1 1 4
q)prds 2 3 0N 7
2 6 6 42
q)maxs 1 3 2
1 3 3
q)mins "genie"
"geeee"
q)deltas 1 5 3
1 4 -2
q)ratios 2 3 4 5
2 1.5 1.333333 1.25
q)fills 0N 2 0N 3
0N 2 2 3
q)3 msum 1 5 0 9 5
1 6 6 14 14
q)2 mavg 1 2 3
1 1.5 2.5
q)2 mmax 2 1 5 3
2 2 5 5
q)3 mcount 0N 1 2 0N
0 1 2 2i

Dictionaries: the union of the keys, what is missing passes.

q)(`a`b!1 2)+`b`c!10 20
a| 1
b| 12
c| 20
q)(`a`b!1 2)-`b`c!10 20
a| 1
b| -8
c| -20
q)neg`a`b!1 2
a| -1
b| -2
q)1+([]a:1 2;b:3 4)
a b
---
2 4
3 5

Matrices of floats.

q)(2 3f)$4 5f
23f
q)(1 2f;3 4f)mmu(1 0f;0 1f)
1 2
3 4
q)inv(2 0f;0 4f)
0.5 0
0   0.25
