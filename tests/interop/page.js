// page.js - headless Chromium on the page of kq-listen, over the DevTools protocol in a pipe.
//
//      node page.js CHROMIUM PORT
//
// Prints one line a step, which page.bats compares.
"use strict";
const { spawn } = require("child_process");
const { mkdtempSync, rmSync } = require("fs");
const { tmpdir } = require("os");
const { join } = require("path");

const [, , program, port] = process.argv;
const base = `http://127.0.0.1:${port}/`;
const home = mkdtempSync(join(tmpdir(), "page-"));
const chromium = spawn(program, [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
    `--user-data-dir=${home}`, "about:blank",
], { detached: true, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });

const calls = new Map(), listeners = [];
let sent = 0, unread = "", session;

chromium.stdio[4].on("data", (data) => {
    const parts = (unread + data).split("\0");
    unread = parts.pop();
    parts.map((part) => JSON.parse(part)).forEach((m) => {
        if (m.id) {
            const call = calls.get(m.id);
            calls.delete(m.id);
            m.error ? call.no(new Error(m.error.message)) : call.yes(m.result);
        } else {
            listeners.splice(0).forEach((l) => (l.method === m.method ? l.yes(m.params) : listeners.push(l)));
        }
    });
});

function call(method, params) {
    const id = ++sent;
    chromium.stdio[3].write(JSON.stringify({ id, method, params, sessionId: session }) + "\0");
    return new Promise((yes, no) => calls.set(id, { yes, no }));
}

function event(method) {
    return new Promise((yes) => listeners.push({ method, yes }));
}

// The value of an expression in the page.
async function look(expression) {
    const r = await call("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (r.exceptionDetails)
        throw new Error(r.exceptionDetails.text);
    return r.result.value;
}

async function loaded(action) {
    const load = event("Page.loadEventFired");
    await action;
    await load;
}

async function open(path) {
    await loaded(call("Page.navigate", { url: base + path }));
}

async function key(name, code, text) {
    const params = { key: name, code: name, windowsVirtualKeyCode: code };
    await call("Input.dispatchKeyEvent", { type: "keyDown", text, ...params });
    await call("Input.dispatchKeyEvent", { type: "keyUp", ...params });
}

async function type(text) {
    await look("document.querySelector('textarea').focus()");
    await call("Input.insertText", { text });
}

const column = (n) => `[...document.querySelectorAll('tbody td:nth-child(${n})')].map(d => d.textContent.trim()).join(' ')`;
const click = (n) => `document.querySelector('th:nth-child(${n}) button').click()`;

// The least contrast of any text with what is behind it, as WCAG counts it.
const contrast = `(() => {
    const light = (c) => { const f = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
        const [r, g, b] = c.match(/[\\d.]+/g).map(Number); return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
    const behind = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255,255,255)'; };
    const texts = [...document.body.querySelectorAll('*')].filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
    return Math.min(...texts.map(e => { const a = light(getComputedStyle(e).color), b = light(behind(e));
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); }));
})()`;

async function main() {
    const { targetInfos } = await call("Target.getTargets");
    const page = targetInfos.find((t) => t.type === "page");
    session = (await call("Target.attachToTarget", { targetId: page.targetId, flatten: true })).sessionId;
    await call("Page.enable");

    await open("");
    console.log("names: " + await look("[...document.querySelectorAll('aside li')].map(l => l.innerText.replace(/\\s+/g, ' ')).join(', ')"));
    await type("select from t where n>1");
    await loaded(key("Enter", 13, "\r"));
    console.log("asked: " + await look("document.querySelector('textarea').value"));
    console.log("rows: " + await look("document.querySelector('.about').innerText.split('\\n')[0]"));
    console.log("as it came: " + await look(column(1)));
    await look(click(1));
    console.log("ascending: " + await look(column(1)) + " / " + await look(column(2)));
    await look(click(1));
    console.log("descending: " + await look(column(1)));
    await look(click(2));
    console.log("by name: " + await look(column(2)) + ", sorted is " + await look("document.querySelector('[aria-sort]').innerText.split('\\n')[0]"));
    await loaded(look("document.querySelector('aside a').click()"));
    console.log("link: " + await look("document.querySelector('[aria-current]').innerText.replace(/\\s+/g, ' ')"));
    await look("document.querySelector('textarea').focus()");
    await key("ArrowUp", 38);
    console.log("before: " + await look("document.querySelector('textarea').value"));

    await open("?1%2B%60a");
    console.log("error: " + await look("document.querySelector('.error').innerText.split('\\n')[0]"));
    await open("?markup");
    console.log("escaped: " + await look("document.querySelector('tbody td').textContent + ' ' + document.querySelectorAll('td b').length"));

    for (const scheme of ["light", "dark"]) {
        await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
        for (const path of ["", "?t", "?1%2B%60a"]) {
            await open(path);
            const least = await look(contrast);
            console.log(`contrast ${scheme} /${path}: ` + (least >= 4.5 ? "good" : least));
        }
    }
    await call("Emulation.setDeviceMetricsOverride", { width: 360, height: 740, deviceScaleFactor: 2, mobile: true });
    for (const path of ["", "?t", "?wide", "?%22x%22"]) {
        await open(path);
        console.log(`phone /${path}: ` + await look("document.documentElement.scrollWidth + ' wide'"));
    }
    await call("Emulation.clearDeviceMetricsOverride");

    await call("Emulation.setScriptExecutionDisabled", { value: true });
    await open("");
    const document = await call("DOM.getDocument");
    const { nodeId } = await call("DOM.querySelector", { nodeId: document.root.nodeId, selector: "textarea" });
    await call("DOM.focus", { nodeId });
    await call("Input.insertText", { text: "40+2" });
    await key("Tab", 9);
    await loaded(key("Enter", 13, "\r"));
    console.log("without a script: " + await look("document.querySelector('pre').textContent.trim()"));
}

main().catch((e) => console.log("failed: " + e.message)).finally(() => {
    chromium.once("exit", () => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
    process.kill(-chromium.pid, "SIGKILL"); // with its children, or they would go on writing there
});
