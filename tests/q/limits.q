No expression can take more memory, stack or steps than there are.

q)til 1000000000000
'wsfull
q)1000000000#0
'wsfull
q)f:{f x}
q)f 1
'stack
q){enlist x}/[100000;1];
q)x:{enlist x}/[100000;1]
q)0N!x;
'limit
q)show x
'limit
q)til -1
'domain
q){x,x}/[60;"ab"]
'wsfull

Values that share their parts look larger than they are.

q)a:{(x;x)}/[60;1];
q)show a
'limit
q)x:{enlist x}/[100000;1];
q)x~x
1b
q)x~{enlist x}/[100000;1]
0b
q)neg x
'stack
q)count distinct(x;x)
1

Nor can what calls, compares or writes them.

q)f:{'[x;neg]}/[100000;neg];
q)f 1
'stack
q)f~f
1b
q)f:{(x/)}/[100000;+];
q)f 1
'stack
q).j.j{(x;x)}/[60;1]
'limit
q)({(x;x)}/[60;1])~{(x;x)}/[60;1]
0b
q)x:2000000#enlist 1 2
q)x~2000000#enlist 1 2
1b

Patterns are looked for in one pass.

q)ss[1000000#"a";(500000#"a"),"b"]
`long$()
q)ss[300000#"[";150000#"["]
0 150000
q)(300000#"[")like 300000#"["
1b
q)ss["a[b";"[b"]
,1
q)ss["a]b[b";"?[]]b"]
,0

The ends of the range of whole numbers.

q)30 30 vs -0W
29 23
q)-0W div -1
0W
q)0W+1
0N
q)abs -0W
0W
