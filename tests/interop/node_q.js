// node_q.js - a client that nobody here wrote talks to kq-listen.
//
//      node node_q.js PORT [USER PASSWORD]
//
// PORT may be the path of a Unix socket, or tcps:PORT for TLS to localhost.
// Prints one line a step, which node_q.bats compares; exits 1 at the first
// difference between what was asked for and what came.
"use strict";
const nodeq = require("node-q");

const [, , port, user, password] = process.argv;
const [, tls, number] = /^(tcps:)?(\d+)$/.exec(port) || [];
const target = number ? { host: tls ? "localhost" : "127.0.0.1", port: Number(number) } : { unixSocket: port };
if (tls)
    target.useTLS = true;
if (user !== undefined) {
    target.user = user;
    target.password = password;
}

function fail(what) {
    console.log("failed: " + what);
    process.exit(1);
}

nodeq.connect(target, function (err, q) {
    if (err) {
        console.log("connect: " + err.message);
        process.exit(2);
    }
    const ask = (...args) =>
        new Promise((resolve, reject) => q.k(...args, (e, r) => (e ? reject(e) : resolve(r))));
    const tell = (...args) => new Promise((resolve) => q.ks(...args, resolve));

    async function steps() {
        console.log("sync: " + JSON.stringify(await ask("2+2")));
        console.log("vector: " + JSON.stringify(await ask("til 5")));
        await tell("a:42");
        console.log("async: " + JSON.stringify(await ask("a")));
        console.log("call: " + JSON.stringify(await ask("{x+y}", 2, 3)));
        console.log("table: " + JSON.stringify(await ask("([]sym:`a`b;size:1 2)")));
        const big = await ask("til 5000");
        if (big.length !== 5000 || big[4999] !== 4999)
            fail("til 5000 gave " + big.length + " items");
        console.log("compressed: " + big.length);
        try {
            await ask("1+`a");
            fail("an error was expected");
        } catch (e) {
            console.log("error: " + e.message);
        }
        console.log("after the error: " + JSON.stringify(await ask("1+1")));
        q.close(() => process.exit(0));
    }
    steps().catch((e) => fail(e.stack));
});
