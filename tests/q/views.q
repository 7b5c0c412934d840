
A view is computed when it is read and something has changed.

q)a::b+c
q)\b
`s#,`a
q)\B
,`a
q)b:c:1
q)a
2
q)\B
`symbol$()
q)b:5
q)a
6
q)views[]
`s#,`a
q)a:7
q)views[]
`symbol$()
q)a
7

It takes the rest of its line.

q)v::b;c;b*c
q)v
5
q)n::b;
q)n~(::)
1b

Inside a lambda :: assigns the global.

q)w::b+1
q){w::x+y}[10;20]
30
q)b:100
q)w
30

A view that needs itself.

q)l::$[b>0;l+1;1]
q)l
'loop

Text and parts.

q)d::b+e
q)view`d
"b+e"
q)`. `d
b+e
q)value`. `d
::
(+;`b;`e)
`b`e
"b+e"
q)e:3
q)d
103
q)value`. `d
103
(+;`b;`e)
`b`e
"b+e"
q)t:([]e:1 2 3)
q)s::select from t where e in b   / a comment
q)view`s
"select from t where e in b"
q)value`. `s
::
(?;`t;,,(in;`e;`b);0b;())
,`t
"select from t where e in b"
q)(`. `d)[1]
'type
q)view`b
'domain
q)delete d from `.
`.
q)d
'd

