The namespace .h.

q).h.htc[`tag;"value"]
"<tag>value</tag>"
q).h.ha[`http://x.y;"Z"]
"<a href=http://x.y>Z</a>"
q).h.hb["http://x.y";"Z"]
"<a target=v href=\"http://x.y\">Z</a>"
q).h.hta[`div;`class`style!("example";"color:red")]
"<div class=\"example\" style=\"color:red\">"
q).h.hu"http://www.kx.com"
"http%3a%2f%2fwww.kx.com"
q).h.uh"http%3a%2f%2fwww.kx.com"
"http://www.kx.com"
q).h.xs"a<b>&c"
"a&lt;b&gt;&amp;c"
q).h.hn["404";`txt;"Not found: favicon.ico"]
"HTTP/1.1 404\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Len..
q).h.hy[`json;"{}"]
"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nCo..
q).h.he"type"
"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\..
q).h.cd ([]a:1 2;b:(1 2 3;4 5);c:("x";"y"))
"a,b,c"
"1,1 2 3,x"
"2,4 5,y"
q).h.td ([]a:1 2;b:`x`y)
"a\tb"
"1\tx"
"2\ty"
q).h.xd ([]a:1 2;b:`x`y)
"<R>"
"<r><a>1</a><b>x</b></r>"
"<r><a>2</a><b>y</b></r>"
"</R>"
q).h.ed ([]a:1 2;b:`x`y)
"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>"
"<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"..
q).h.tx[`json]([]a:1 2)
"{\"a\":1}"
"{\"a\":2}"
q).h.xt[`json]("{\"a\":1}";"[1,2]")
(,`a)!,1f
1 2f
q).h.pre("foo";"bar")
"<pre>foo\nbar\n</pre>"
q).h.text("foo";"bar")
"<p>foo</p>\n<p>bar</p>\n"
q).h.code"foo\tbar\tbaz"
"foo<code>bar</code>baz"
q).h.nbr"foo bar"
"<nobr>foo bar</nobr>"
q).h.iso8601 2016.01.02D03:04:05
"2016-01-02T03:04:05.000000000"
q).h.http"see http://x.y for more"
"see <a href=http://x.y>http://x.y</a> for more"
q).h.hug["ab"]"a%"
,"a"
"%25"
q)t:([]a:til 100;b:100#`x`y)
q).h.jx[32;"2#t"]
"<a href=\"?[0\">home</a> <a href=\"?[0\">up</a> <a href=\"?[0\">down</a> <a ..
""
"a b"
"---"
q)count .h.jx[0;`t]
36
q)last .h.jx[32;"t"]
"63 y"
q).Q.S[25 80;1;([]a:1 2 3)]
,"a"
,"-"
,"2"
,"3"
