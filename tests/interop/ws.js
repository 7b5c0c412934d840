// ws.js - the npm package ws talks to .z.ws.
//
//      node ws.js PORT [nodeflate]
//
// Prints one line a step, which ws.bats compares.
"use strict";
const WebSocket = require("ws");

const [, , port, nodeflate] = process.argv;
const socket = new WebSocket(`ws://127.0.0.1:${port}/`, nodeflate ? ["kxnodeflate"] : [], {
    perMessageDeflate: nodeflate ? true : { threshold: 0 },
});
const arrived = [], waiting = [];

function next() {
    return new Promise((resolve) => (arrived.length ? resolve(arrived.shift()) : waiting.push(resolve)));
}
function take(x) {
    if (waiting.length)
        waiting.shift()(x);
    else
        arrived.push(x);
}
socket.on("message", (data, isBinary) => take({ data, isBinary }));
socket.on("pong", (data) => take({ data }));
socket.on("error", (e) => {
    console.log("error: " + e.message);
    process.exit(1);
});
socket.on("close", (code) => {
    console.log("close: " + code);
    process.exit(0);
});

async function ask(what, options) {
    const answer = next();
    socket.send(what, options);
    return answer;
}

socket.on("open", async () => {
    console.log("extensions: " + (socket.extensions || "none"));
    console.log("protocol: " + (socket.protocol || "none"));
    let a = await ask("2+2");
    console.log(`text: ${a.data} ${a.isBinary}`);
    a = await ask(Buffer.from([1, 2, 255]));
    console.log(`binary: ${a.data.toString("hex")} ${a.isBinary}`);
    a = await ask("100000#\"a\"");
    console.log(`large: ${a.data.length}`);
    a = await ask("\"" + "x".repeat(200000) + "\"");
    console.log(`large question: ${a.data.length}`);
    a = await ask("\"\u00fc\u20ac\"");
    console.log(`utf-8: ${a.data}`);
    const pong = next();
    socket.ping("hello");
    console.log(`pong: ${(await pong).data}`);
    socket.send("neg[.z.w]\"one\";neg[.z.w]\"two\"");
    console.log(`pushed: ${(await next()).data} ${(await next()).data}`);
    a = await next();
    a = await ask("opened");
    console.log(`opened: ${a.data}`);
    socket.close(1000);
});
