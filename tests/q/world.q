What reaches outside is refused where there is no outside: this interpreter has no host, as that of
a client under -u 1.

q)exit 0
'access
q)hopen`::5010
'access
q)hclose 5
'access
q)hcount`:file
'access
q)hdel`:file
'access
q)read0`:file
'access
q)read1`:file
'access
q)load`:file
'access
q)rload`:dir
'access
q)save`t
'access
q)rsave`t
'access
q)`:file set 1
'access
q)key`:dir
'access
q)`:file 0:enlist"a"
'access
q)`:file 1:0x00
'access
q)`:host:1"1+1"
'access
q)setenv[`A;"b"]
'access
q)getenv`A
""
q)getenv 1
'type
q)5"1+1"
'domain
q)0"1+1"
2
q)system"P"
7i
q)system"c"
25 80i
q)system 5
'type

Without a time zone.

q)gtime 2000.01.01D12
2000.01.01D12:00:00.000000000
q)ltime 2000.01.01D12
2000.01.01D12:00:00.000000000
q)gtime`a
'type
q)rand 1
0
q)rand`a`a
`a

Primitives by their glyphs.

q)(.:)"1+1"
2
q)(_:)1.5
1
q)(#:)each("ab";1)
2 1
q)(_:;0::;1::)
_:
0::
1::

More of .Q.

q).Q.ind[([]a:1 2 3);1 2]
a
-
2
3
q).Q.fc[{x*2};1 2]
2 4
q).Q.V([]a:1 2;b:3 4)
a| 1 2
b| 3 4
q).Q.gc[]
0
