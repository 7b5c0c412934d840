/ The part of q that is written in q.  Each line `name:definition` is a keyword of .q, each
/ `.Q.name:definition` a global; the Makefile turns this file into an array of lines.
sums:+\
prds:*\
maxs:|\
mins:&\
deltas:-':
ratios:%':
fills:^\
all:{min"b"$x}
any:{max"b"$x}
except:{x where not x in y}
inter:{x where x in y}
union:{distinct x,y}
cross:{raze x,/:\:y}
avgs:{sums[x]%1+til count x}
.Q.a:"abcdefghijklmnopqrstuvwxyz"
.Q.A:"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
.Q.n:"0123456789"
.Q.an:"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
rand:{first 1?x}
csv:","

/ Names of tables, views, handles.
tables:{system"a ",string $[x~(::);`;x]}
views:{asc system"b"}
hsym:{$[0>type x;$[":"=first s:string x;x;`$":",s];.z.s each x]}
