What each operator, keyword and form refuses, and with which word.

Operators: values of the wrong kind.

q)1+`a
'type
q)1-`a
'type
q)`a*2
'type
q)2%`a
'type
q)1&`a
'type
q)1|`a
'type
q)1<`a
'type
q)1>`a
'type
q)1=`a
'type
q)`a<=1
'type
q)"a"+"b"
'type
q)0Ng+1
'type
q)2000.01.01*2000.01.01
'type
q)(1;`a)+1
'type
q)(`a`b!1 2)+`x
'type
q)([]a:1 2)+`x
'type

Operators: lists of different lengths.

q)1 2+1 2 3
'length
q)1 2-1 2 3
'length
q)1 2*1 2 3
'length
q)1 2%1 2 3
'length
q)1 2&1 2 3
'length
q)1 2|1 2 3
'length
q)1 2=1 2 3
'length
q)1 2<1 2 3
'length
q)1 2<>1 2 3
'length
q)1 2^1 2 3
'length
q)1 2 mod 1 2 3
'length
q)1 2 div 1 2 3
'length
q)1 2 xbar 1 2 3
'length
q)1 2 xexp 1 2 3
'length
q)(1 2;3 4)+(1 2 3;4 5 6)
'length
q)1 2!1 2 3
'length
q)flip(1 2;1 2 3)
'length
q)([]a:1 2;b:1 2 3)
'length

Too many arguments.

q)+[1;2;3]
'rank
q){x}[1;2]
'rank
q){[a;b]a}[1;2;3]
'rank
q)avg[1;2]
'rank
q)last[1;2]
'rank
q)(+/)[1;2;3]
'rank

Atoms where lists are due.

q)asc 5
'rank
q)desc 5
'rank
q)iasc 5
'rank
q)rank 5
'rank
q)2 xrank 5
'rank
q)2 xrank`a`b!1 2
'type
q)1 rotate 5
'type
q)flip 5
'rank

Numbers wanted.

q)neg`a
'type
q)not`a
'type
q)abs`a
'type
q)signum`a
'type
q)floor`a
'type
q)ceiling`a
'type
q)reciprocal`a
'type
q)sqrt`a
'type
q)exp`a
'type
q)log`a
'type
q)sin`a
'type
q)cos`a
'type
q)tan`a
'type
q)asin`a
'type
q)acos`a
'type
q)atan`a
'type
q)til"a"
'type
q)til 1.5
'type
q)til -1
'domain
q)sum`a`b
'type
q)avg`a`b
'type
q)prd`a`b
'type
q)dev`a`b
'type
q)var`a`b
'type
q)sdev`a`b
'type
q)svar`a`b
'type
q)med`a`b
'type
q)sums`a`b
'type
q)prds`a`b
'type
q)avgs`a`b
'type
q)deltas`a`b
'type
q)ratios`a`b
'type
q)2 mavg`a`b
'type
q)2 msum`a`b
'type
q)2 mdev`a`b
'type
q)`a mavg 1 2
'type
q)ema[`a;1 2f]
'type
q)7 div`a
'type
q)7 mod`a
'type
q)`a xbar 1
'type
q)2 xexp`a
'type
q)2 xlog`a
'type
q)1 within`a`b
'type
q)where`a
'type
q)where 1.5 2.5
'type
q)1 2 bin`a
'type
q)1 2 binr`a
'type
q)all`a`b
'type
q)any`a`b
'type

Pairs of lists.

q)1 2 wavg 1 2 3
'length
q)1 2 wsum 1 2 3
'length
q)1 2 cov 1 2 3
'length
q)1 2 scov 1 2 3
'length
q)1 2 cor 1 2 3
'length
q)`a`b cor 1 2
'type
q)1 2f mmu 1 2 3f
'length
q)1 2 mmu 1 2
'type
q)inv(1 2;3 4)
'type
q)inv 2 3#1f
'length

Text.

q)upper 1
'type
q)lower 1
'type
q)"ab"like 1
'type
q)1 like"a"
'type
q)"ab"like"*a*b*c"
'nyi
q)ss["abc";""]
'length
q)ss["abc";"a*"]
'length
q)ss[1;"a"]
'type
q)ssr["abc";1;"b"]
'type
q)parse 1
'type

Casts.

q)`int$`a
'type
q)`date$`a
'type
q)1h$`a
'type

Indexing and changing.

q)(1 2 3)`a
'type
q)(1 2 3)"a"
'type
q)(1 2 3)1.5
'type
q)@[1 2 3;5;:;1]
'length
q)@[1 2 3;-1;:;1]
'length
q)@[1 2 3;0;:;`a]
'type
q)@[1 2 3;`a;:;1]
'type
q)@[1 2 3;0 1;:;1 2 3]
'length
q).[(1 2;3 4);0 5;:;1]
'length
q)a:1 2 3
q)a[5]:1
'length
q)a[0]:`x
'type
q)a[0]:1.5
'type
q)a,:`x
'type
q)a[0 1]:1 2 3
'length
q)a
1 2 3
q)nosuch[0]:1
'nosuch
q)nosuch+:1
'nosuch
q)til:5
'assign

Attributes.

q)`s#3 1 2
's-fail
q)`u#1 1
'u-fail
q)`p#1 2 1
'u-fail

Random.

q)0N?0Ng
'domain
q)-5?3
'length

Names and signals.

q)nosuch
'nosuch
q).no.such
'.no.such
q)get`nosuch
'nosuch
q)value`nosuch
'nosuch
q)nosuch 1
'nosuch
q)'`err
'err
q)'"some text"
'some text
q)'1
'stype
q){'x}"inner"
'inner
q)@[{'x};"inner";{"caught ",x}]
"caught inner"
q)@[neg;`a;{x}]
"type"
q).[+;(1;`a);{x}]
"type"
q).[+;1 2 3;{x}]
"rank"
q)@[neg;`a;`other]
`other

Control.

q)if[`a;1]
'type
q)while[`a;1]
'type
q)do[`a;1]
'type
q)$[`a;1;2]
'type
q)if["ab";1]
'type
q)$[();1;2]
'type

Iterators.

q)1 2+'1 2 3
'length
q){x+y}'[1 2;1 2 3]
'length
q){x+`a}each 1 2
'type
q){x+`a}/[1;2 3]
'type
q){x+`a}\[1;2 3]
'type
q)1+/:(1;`a)
'type
q)(1;`a)+\:1
'type
q)(-':)(1;`a)
'type

Tables.

q)t:([]a:1 2;b:`x`y)
q)select from 1
'type
q)select nosuch from t
'nosuch
q)select from t where nosuch=1
'nosuch
q)select from t where a=1 2 3
'length
q)select a+b from t
'type
q)update a:1 2 3 from t
'length
q)exec nosuch from t
'nosuch
q)t,([]c:1 2)
'mismatch
q)t lj t
'type
q)k:([a:1 2]b:`x`y)
q)`k insert(1;`z)
'insert
q)`t insert(`q;`z)
'type
q)`t insert(1;`z;3)
'length
q)t upsert(`q;`z)
'type
q)t
a b
---
1 x
2 y
