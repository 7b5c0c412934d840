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
view:{(value`. x)3}
ema:{first[y](count[y]#1f-x)\x*y}
hsym:{$[0>type x;$[":"=first s:string x;x;`$":",s];.z.s each x]}

/ Names, types and shapes of things.
.Q.nA:.Q.n,.Q.A
.Q.b6:.Q.A,.Q.a,.Q.n,"+/"
.Q.t:" bg xhijefcspmdznuvts"
.Q.s1:{-3!x}
.Q.S:{[c;j;x](neg 1)_"\n"vs .Q.s0[c;j _ x]}
.Q.v:{$[-11h=type x;get x;x]}
.Q.qt:{$[99h=type x;98h=type key x;98h=type x]}
.Q.ft:{$[99h=type y;(count cols key y)!x 0!y;x y]}
.Q.fu:{$[0h>type y;x y;(x u)(u:distinct y)?y]}
.Q.fc:{x y}
.Q.cn:{count x}
.Q.dd:{` sv x,`$string y}
.Q.addmonths:{("d"$y+m)+x-"d"$m:"m"$x}
.Q.M:0W
.Q.ind:{x y}
.Q.gc:{0}
.Q.k:4.1
.Q.K:.z.k
.Q.x:()
.Q.qp:{0}
.Q.w:{`used`heap`peak`wmax`mmap`mphy`syms`symw!8#system["w"],8#0}
.Q.V:{flip 0!.Q.v x}
.Q.ens:{[d;t;s]@[t;c where 11h=type each t c:cols t;s?]}
.Q.en:{.Q.ens[x;y;`sym]}
.Q.par:{[d;p;t]` sv d,(`$string p),t}
.Q.ts:{t:.z.p;x . y;(("j"$.z.p-t)div 1000000;0)}

/ Databases on disk are not this server's business.
.Q.dpft:{[d;p;f;t]'`access}
.Q.dpfts:{[d;p;f;t;s]'`access}
.Q.dpt:{[d;p;t]'`access}
.Q.hdpf:{[h;d;p;f]'`access}
.Q.chk:{'`access}
.Q.fs:{x read0 y;hcount y}

/ Options of a command line: names to lists of strings; cast like their defaults.
.Q.opt:{(`$1_'first each d)!1_'d:(where"-"=first each x)cut x}
.Q.def:{x,k!{(upper .Q.t abs type x)$$[0h>type x;first y;y]}'[x k;y k:key[x]inter key y]}

.Q.res:`abs`acos`asin`atan`avg`bin`binr`by`cor`cos`cov`delete`dev`div`do`enlist`exec`exit`exp`from`getenv`hopen`if`in`insert`last`like`log`max`min`prd`select`setenv`sin`sqrt`ss`sum`tan`update`var`wavg`while`within`wsum`xexp

/ Names that can be written: other characters dropped, a letter in front, no word of q.
.Q.id0:{s:s where(s:string x)in .Q.an;if[not first[s]in .Q.a,.Q.A;s:"a",s];`$s,$[(`$s)in .Q.res,key`.q;"1";""]}
.Q.id1:{n:{sum x[til y]=x y}[x]each til count x;`$string[x],'@[string n;where 0=n;:;count[where 0=n]#enlist""]}
.Q.id:{$[-11h=type x;.Q.id0 x;11h=type x;.Q.id1 .Q.id0 each x;98h=type x;(.Q.id cols x)xcol x;99h=type x;$[98h=type key x;.Q.ft[.Q.id;x];(.Q.id key x)!value x];x]}

/ Numbers as text.
.Q.f:{$[null y;"";y<0;"-",.z.s[x;neg y];y>1e9*1e9%10 xexp x;-27!("i"$x;"f"$y);0=x;string"j"$y;(neg[x]_s),".",neg[x]#s:((0|1+x-count s)#"0"),s:string"j"$y*10 xexp x]}
.Q.fmt:{$[x<count s:.Q.f[y;z];x#"*";neg[x]$s]}
.Q.x10:{.Q.b6(10#64)vs x}
.Q.j10:{64 sv .Q.b6?x}
.Q.x12:{.Q.nA(12#36)vs x}
.Q.j12:{36 sv .Q.nA?x}
.Q.btoa:{(neg[p]_.Q.b6 2 sv'6 cut raze 0b vs'x,p#0x00),(p:neg[count x:"x"$x]mod 3)#"="}
.Q.atob:{neg[sum"="=x]_0b sv'8 cut raze -6#'0b vs'"x"$.Q.b6?x}

/ Errors with their place: there are no places to tell.
.Q.trp:{@[x;y;{x[y;()]}z]}
.Q.trpd:{.[x;y;{x[y;()]}z]}
.Q.sbt:{""}
.Q.bt:{}

/ Hosts by number; names are not looked up.
.Q.host:{`$"."sv string"i"$0x0 vs"i"$x}
.Q.addr:{$[x in``localhost;2130706433i;"I"$string x]}

/ Pages: escapes, tags, responses.
.h.HOME:"html"
.h.br:"<br>"
.h.logo:""
.h.c0:`024C7E
.h.c1:`958600
.h.d:" "
.h.sa:"a{text-decoration:none}a:link{color:024C7E}a:visited{color:024C7E}a:active{color:958600}"
.h.sb:"body{font:10pt verdana;text-align:justify}"
.h.sc:"$-.+!*'(),",.Q.an
.h.val:value
.h.hc:{ssr[x;"<";"&lt;"]}
.h.xs:{ssr/[x;"&<>";("&amp;";"&lt;";"&gt;")]}
.h.hu:{raze{$[x in .h.sc;x;"%",string"x"$x]}each x}
.h.hug:{("c"$til 256)!@["%",'string"x"$til 256;"j"$x;:;enlist each x]}
.h.http:{" "sv{$[x like"http://*";.h.ha[`$x;x];x]}each" "vs x}
.h.uh:{(first p),raze{("c"$"X"$2#x),2_x}each 1_p:"%"vs x}
.h.hta:{"<",string[x],raze[" ",'string[key y],'"=",'{$[10h=type x;"\"",x,"\"";string x]}each value y],">"}
.h.htac:{.h.hta[x;y],z,"</",string[x],">"}
.h.htc:{.h.htac[x;()!();y]}
.h.ha:{.h.htac[`a;(enlist`href)!enlist x;y]}
.h.hb:{.h.htac[`a;`target`href!(`v;x);y]}
.h.hr:{count[x]#"-"}
.h.nbr:{.h.htc[`nobr;x]}
.h.pre:{.h.htc[`pre;` sv x]}
.h.xmp:{.h.htc[`xmp;` sv x]}
.h.text:{raze(.h.htc[`p]each x),\:"\n"}
.h.code:{raze @[p;1+2*til count[p:"\t"vs x]div 2;.h.htc`code]}
.h.html:{.h.htc[`html].h.htc[`head;.h.htc[`style;.h.sa,.h.sb]],.h.htc[`body;x]}
.h.fram:{.h.html .h.htc[`title;x],.h.pre y}
.h.iso8601:{@[string"p"$x;4 7 10;:;"--T"]}

/ A page of a table by its name or expression, with links to the pages around it.
.h.jlink:{.h.ha["?[",string y;x]}
.h.jbar:{[p;j;n](" "sv .h.jlink'[("home";"up";"down";"end");(0;0|j-p;(0|n-p)&j+p;0|n-p)])," ",string[n],"[",string[j],"]"}
.h.jx:{[j;x]x:$[10h=abs type x;value x;.Q.v x];p:-4+first c:"j"$system"C";(.h.jbar[p;j;count x];""),.Q.S[2000,c 1;0;(j,p)sublist x]}

/ Tables as other formats.
.h.cell:{$[0h=type x;{$[10h=type x;x;0h>type x;x;.h.d sv string x]}each x;x]}
.h.flat:{flip .h.cell each flip 0!x}
.h.td:{"\t"0:.h.flat x}
.h.cd:{csv 0:.h.flat x}
.h.xd:{(enlist"<R>"),({.h.htc[`r;raze .h.htc'[key x;.h.xs each{$[10h=type x;x;string x]}each value x]]}each .h.flat x),enlist"</R>"}
.h.edrow:{"<Row>",raze[{"<Cell><Data ss:Type=\"",$[type[x]in -5 -6 -7 -8 -9h;"Number";"String"],"\">",.h.xs[$[10h=type x;x;string x]],"</Data></Cell>"}each x],"</Row>"}
.h.edsheet:{"<Worksheet ss:Name=\"",string[x],"\"><Table>",.h.edrow[cols y],raze[.h.edrow each value each .h.flat y],"</Table></Worksheet>"}
.h.edsn:{("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>";"<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">",raze[.h.edsheet'[key x;value x]],"</Workbook>")}
.h.ed:{.h.edsn(enlist`Sheet1)!enlist x}
.h.ty:`htm`html`csv`txt`xml`xls`gif`png`jpg`ico`js`css`json`pdf`zip`swf!("text/html";"text/html";"text/comma-separated-values";"text/plain";"text/plain";"application/msexcel";"image/gif";"image/png";"image/jpeg";"image/x-icon";"text/javascript";"text/css";"application/json";"application/pdf";"application/zip";"application/x-shockwave-flash")
.h.tx:`raw`json`csv`txt`xml`xls!({x};{.j.j each 0!x};.h.cd;.h.td;.h.xd;.h.ed)
.h.xt:(enlist`json)!enlist{.j.k each x}
.h.hn:{"HTTP/1.1 ",x,"\r\nContent-Type: ",.h.ty[y],"\r\nConnection: close\r\nContent-Length: ",string[count z],"\r\n\r\n",z}
.h.hy:{.h.hn["200 OK";x;y]}
.h.he:{.h.hn["400 Bad Request";`txt;"'",x]}
.h.hp:{.h.hy[`htm].h.html .h.pre x}
