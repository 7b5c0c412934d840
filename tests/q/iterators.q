Each: item by item, keys kept, atoms repeated.

q)(count')`a`b`c!(1 2 3;4 5;6 7 8 9)
a| 3
b| 2
c| 4
q)1 2 3 in'(1 0 1;til 100;5 6 7)
110b
q){x+y*z}'[1000000;1 0 1;5000 6000 7000]
1005000 1000000 1007000
q)neg each 1
-1
q)til'[1 2]
,0
0 1
q)(1 2;3 4),'5 6
1 2 5
3 4 6
q)1 2+'1 2 3
'length
q)type (2*')til 5
7h
q)type (2*')til 0
0h
q)type (2*)til 0
7h

Each left and each right.

q)"abcde",\:"XY"
"aXY"
"bXY"
"cXY"
"dXY"
"eXY"
q)"abcde",/:"XY"
"abcdeX"
"abcdeY"
q)1 2+/:10 20
11 12
21 22
q){x,/:\:x}til 2
0 0 0 1
1 0 1 1
q)til/:1 2
'rank

Each prior; the first item meets the identity of the operator, else a null.

q)(-':)1 1 2 3 5 8 13
1 0 1 1 2 3 5
q)(*':)2 3 4
2 6 12
q)(,':)2 3 4
2
3 2
4 3
q)1950 -': `S`J`C!1952 1954 1960
S| 2
J| 2
C| 6
q){x+2*y}':[2 3 4]
0N 7 10
q)(~':)1 1 2
010b
q)(&)prior 110b
110b

Over and scan of two arguments.

q)(+/)2 3 4
9
q)(+\)2 3 4
2 5 9
q)1000+\2 3 4
1002 1005 1009
q)(,\)2 3 4
,2
2 3
2 3 4
q){x,y}\[2 3 4]
2
2 3
2 3 4
q)42{[x;y]x}\2 3 4
42 42 42
q){x+y*z}\[1000;5 10 15 20;2 3 4 5]
1010 1040 1100 1200
q){x+y*z}\[1000 2000;5 10 15 20;3]
1015 2015
1045 2045
1090 2090
1150 2150
q)a:1000f;b:1 2 3 4f;a b\5 6 7 8f
1005 2016 6055 24228f

Over and scan of one argument: converge, do, while.

q)(neg\)1
1 -1
q)(rotate[1]\)"abcd"
"abcd"
"bcda"
"cdab"
"dabc"
q)3(2*)\2 7
2  7
4  14
8  28
16 56
q)5 enlist\1
1
,1
,,1
,,,1
,,,,1
,,,,,1
q)10{x,sum -2#x}/0 1
0 1 1 2 3 5 8 13 21 34 55 89
q)(10>)(2*)\2
2 4 8 16
q){x<1000}{x+x}\2
2 4 8 16 32 64 128 256 512 1024
q)(1+)\[105>sum@;84 20]
84 20
85 21

Data as functions.

q)route:`London`Paris`Genoa`Milan`Vienna`Berlin!`Paris`Genoa`Milan`Vienna`Berlin`London
q)(route\)`Genoa
`Genoa`Milan`Vienna`Berlin`London`Paris
q)3 route\`London
`London`Paris`Genoa`Milan
q)(`Berlin<>)route\`Paris
`Paris`Genoa`Milan`Vienna`Berlin
q)m:(1 6 4 4 2;2 7 2 0 5;7 5 6 7 0;2 1 8 1 0;7 3 3 6 8;2 3 8 9 0;1 1 9 6 9;7 8 4 3 0;4 5 8 0 4;9 8 0 3 9)
q)7 m\4 1 3 3 1 4
0 6 6 6 1 5
q)(m\)4 1 3 3 1 4
4 3 1 0 6 9

Case.

q)0 1 0'["abc";"xyz"]
"ayc"
q)0 1 0'["a";"xyz"]
"aya"
q)0 1 0'[`a`b`c!"abc";"xyz"]
"ayc"
q)0 1 0'[`a`b`c!"abc";`b`a`c!"xyz"]
'domain

Nothing to iterate over.

q)(+/)0#0
0
q)(*/)0#0
1
q)()~({x+y}/)0#0
1b
q)()~{x+y*z}\[`foo;0#0;0#0]
1b
q){x+y*z}/[42;0#0;0#0]
42
q)`foo+/0#0
`foo
q)type 1 0 3h/[til 0]
5h

Compositions and projections.

q)'[neg;abs]
-:abs
q)('[neg;abs]) -3
-3
q)(neg abs@)3
-3
q)f:{x+y+z}
q)f[;2;][1;3]
6
q)f[1][2][3]
6
q)g:1+
q)g 2
3
q)(1;;3)2
1 2 3
q)+ . 2 3
5
q)(('[;])over(neg;{2*x};{x+y}))[1;2]
-6

What is scanned has as many states as items, none of the empty list; of an empty
vector the identity comes back, as from over.

q)sums()
()
q)(+\)()!()
q)count each(key;value)@\:sums()!()
0 0
q)(|\)`long$()
-0W
q)(|/)`long$()
-0W
q)({x+y}\)()
()
