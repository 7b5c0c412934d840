/ tick.q - a small tickerplant: tables, subscriptions by table and symbol, end of day
trade:([]time:`timespan$();sym:`symbol$();price:`float$();size:`long$())
quote:([]time:`timespan$();sym:`symbol$();bid:`float$();ask:`float$())
\d .u
init:{subs::([]handle:`int$();tbl:`symbol$();syms:())}
/ syms ` means all
sub:{[t;s]
  if[not t in tables`.;'t];
  `.u.subs insert (.z.w;t;enlist s);
  (t;0#value t)}
rows:{[d;s]$[`~s;d;select from d where sym in s]}
send:{[t;d;r]x:rows[d;first r`syms];if[count x;neg[r`handle](`upd;t;x)]}
pub:{[t;d]send[t;d]each select from subs where tbl=t;}
upd:{[t;x]d:$[98h=type x;x;flip(cols t)!x];t insert d;pub[t;d];}
end:{[day]{neg[x](`.u.end;y)}[;day]each distinct subs`handle;{x set 0#value x}each tables`.;}
\d .
.z.pc:{delete from `.u.subs where handle=x}
.u.init[]
