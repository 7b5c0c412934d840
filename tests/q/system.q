System commands that show and set how the interpreter behaves.

q)\e
0i
q)\e 1
q)\e
1i
q)\e 7
'domain
q)\g
0i
q)\s
0i
q)\s 4
'access
q)\T
0i
q)\o
0Ni
q)\_
0b
q).z.pg:{x}
q)\x .z.pg
q).z.pg
'.z.pg
q)\x foo
'type
q)\W
2i
q)\z
0i
q)"D"$"06/01/2010"
2010.06.01
q)\z 1
q)"D"$"06/01/2010"
2010.01.06
q)("DJ";",")0:enlist"06/01/2010,1"
2010.01.06
1
q)"D"$"06/Jan/2010"
2010.01.06
q)\z 0

Dates in other forms.

q)"D"$("2000/Jan/31";"Jan/31/2000";"31Jan2000";"31-JAN-00";"Jan 31 2000";"1/31/00")
2000.01.31 2000.01.31 2000.01.31 2000.01.31 2000.01.31 2000.01.31
q)"D"$("31/31/2000";"Foo 1 2000";"1//2000";"2000")
0N 0N 0N 0Nd
q)"P"$"20191122-11:11:11.123"
2019.11.22D11:11:11.123000000
q)2000.01.01D0
2000.01.01D00:00:00.000000000
q)2000.01.02D0-2000.01.01
1D00:00:00.000000000

Booleans with blanks between them.

q)1 0 1b
101b
q)0 1b!`a`b
0| a
1| b
q)1 0
1 0

Keywords that kdb+ defines in k show that definition.

q)each
k){x'y}
q)raze
,/
q)parse"x mod 3"
k){x-y*x div y}
`x
3
q)parse"f each x"
k){x'y}
`f
`x
q)neg"a"
-97i
q)abs"ab"
97 98i
q)signum"a"
1i
