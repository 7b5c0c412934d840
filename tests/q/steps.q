Step dictionaries, attributes, foreign keys and links.

q)d:(10*til 10)!til 10
q)s:`s#d
q)s 5 10 15
0 1 1
q)s -1 95
0N 9
q)ph:([name:`Bill`John`John;date:2000.01.01 2000.01.01 2000.06.10]phone:4444 5555 4444)
q)ph ((`John;2000.01.01);(`John;2000.06.10);(`John;2000.03.01))
phone
-----
5555
4444

q)ph (`John;2000.06.10)
phone| 4444
q)ph ([]name:`Bill`Zoe;date:2000.01.01)
phone
-----
4444

q)sp:`s#ph
q)sp ((`John;2000.01.01);(`John;2000.03.01);(`John;2000.06.10);(`Ann;2000.01.01))
phone
-----
5555
5555
4444

q)sp (`John;2001.01.01)
phone| 4444
q)x:([name:`John`John`Ann;date:2000.06.09 2000.06.12 2000.01.01]x:1 2 3)
q)x lj sp
name date      | x phone
---------------| -------
John 2000.06.09| 1 5555
John 2000.06.12| 2 4444
Ann  2000.01.01| 3
q)x ij sp
name date      | x phone
---------------| -------
John 2000.06.09| 1 5555
John 2000.06.12| 2 4444
q)`sp upsert (`Z;2000.01.01;1)
'step
q)`s#`b`a!1 2
's-fail
q)`s#([k:2 1]v:1 2)
's-fail
q)`s#3 1 2
's-fail
q)`u#1 1
'u-fail
q)`p#1 2 1
'u-fail
q)`g#1 2 1
`g#1 2 1
q)meta `s#([]a:1 2;b:3 4)
c| t f a
-| -----
a| j   p
b| j
q)meta `s#([]a:1 2)
c| t f a
-| -----
a| j   s
q)-8!`s#([]a:enlist 2i;b:enlist 3i)
0x010000002f0000006201630b000200000061006200000002000000060301000000020000000..
q)f:([x:1 2 3]y:10 20 30)
q)t:([]a:`f$2 2 2;b:0;c:`f$1 1 1)
q)meta t
c| t f a
-| -----
a| j f
b| j
c| j f
q)fkeys t
a| f
c| f
q)select a.y,b from t
y  b
----
20 0
20 0
20 0
q)t:([] id:101 102 103 104; v:1.1 2.2 3.3 4.4)
q)update parent:`t!id?101 101 102 102 from `t
`t
q)t
id  v   parent
--------------
101 1.1 0
102 2.2 0
103 3.3 1
104 4.4 1
q)meta t
c     | t f a
------| -----
id    | j
v     | f
parent| j t
q)select id, parentid:parent.id from t
id  parentid
------------
101 101
102 101
103 102
104 102
q)([n:`a`b;c:1 2]; v:3 4)
n c| v
---| -
a 1| 3
b 2| 4
q)`f$7 8
'cast

q)`u#{x}
'type
q)`s#(+)
'type
q)`s#`sym
'type
q)sym:`b`a
q)`s#`sym$`b`a
's-fail
q)attr `s#`sym$`a`b
`s
