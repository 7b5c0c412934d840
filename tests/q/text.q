Text and bytes: 0: and 1:.

q)csv
","
q)csv 0: ([]a:1 2;b:`x`y;c:("p,q";"r");d:2020.01.02 0Nd)
"a,b,c,d"
"1,x,\"p,q\",2020-01-02"
"2,y,r,"
q)"|" 0: ([k:1 2]v:1.5 0n)
"k|v"
"1|1.5"
"2|"
q)"," 0: (1 2;`a`b)
"1,a"
"2,b"
q)"," 0: ([]a:(1 2;3 4))
'type
q)("JSF";",") 0: ("1,abc,2.5";"x,d e,")
1
abc d e
2.5
q)("JSF";enlist",") 0: ("id,name,px";"1,abc,2.5";"2,d,3")
id name px
-----------
1  abc  2.5
2  d    3
q)("J F*C";enlist",") 0: ("a,b,c,d,e";"1,zz,2.5,text,q";"2,zz")
a c   d      e
--------------
1 2.5 "text" q
2     ""
q)("IC*";2 1 3)0:("12abcd";"34xyz")
12    34
a     x
"bcd" "yz"
q)("DT";",")0:"20130315,185540686"
2013.03.15
18:55:40.686
q)("JJ";",")0:"1,2\n3,4"
1 3
2 4
q)("I*";",")0:("0,\"ab\nc\"";"1,\"d\"\"ef\"")
0       1
"ab\nc" "d\"ef"
q)("JQ";",")0:enlist"1,2"
'type
q)"S=;"0:"one=1;two=2;three=3"
one  two  three
,"1" ,"2" ,"3"
q)"I=*,"0:"5=\"hello,world\",6=1"
5             6
"hello,world" ,"1"
q)"S="0:"a=1"
'type
q)(!/)"S=;"0:"a=1;b"
a| ,"1"
b| ""
q)("ich";4 1 2)1:0x00000000410000FF00000042FFFF
0 255
A B
0 -1
q)(4 1 2;"ich")1:0x0000000041000000000001420001
0 1
A B
0 1
q)("*s ";2 3 1)1:"abxyz.cdq\000\000."
"ab" "cd"
xyz  q
q)("j";enlist 4)1:0x00
'type
q)(enlist"i";enlist 4)1:`char$()
`int$()
q)5 0: 1
'type
q)`f 0: 1
'type
