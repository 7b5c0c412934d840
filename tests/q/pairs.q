Every keyword and operator with every pair of odd values: each call ends with a value or an error,
and can be shown.

q)v:(0b;0W;-0W;0n;"a*b";`a;();(1;`a);`a`b!1 2;()!();([]a:1 2);([a:1 2]b:1 2);{x};(::);`s#1 2)
q)f:(.q(key`.q)where not key[`.q]in``show`system`exit`csv),(+;-;*;%;&;|;^;=;<;>;#;_;~;!;?;@;.;$;0:;(,))
q)r:{[f;x;y]@[.Q.s;.[f;(x;y);{x}];{x}];1}
q)(sum{[g]sum{[g;x]sum r[g;x]each v}[g]each v}each f)~count[f]*count[v]*count v
1b
q)s:{[f;x]@[.Q.s;@[f;x;{x}];{x}];1}
q)(sum{sum s[x]each v}each f)~count[f]*count v
1b
