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
