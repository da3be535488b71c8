"use strict";
// Runs the model in this page: the runtime comes from the network, the model from the file beside it.
(() => {
const RUNTIME = globalThis.livermetRuntime || "https://cdn.jsdelivr.net/pyodide/v314.0.7/full/";
const $ = (id) => document.getElementById(id);
const load = (src) => new Promise((done, fail) => { const script = document.createElement("script"); script.src = src; script.onload = done; script.onerror = () => fail(new Error(`${src} cannot be loaded`)); document.head.append(script); });
const NEEDED = ["numpy", "scipy", "pandas", "tqdm", "networkx"];
// the line of a message that says what is the matter, of Python's the one with the kind of mistake
const reason = (error) => { const lines = error.message.trim().split("\n"); return lines.findLast((line) => /^\w*(Error|Exception|Interrupt)\b/.test(line)) || lines[0]; };
let python = null, liver = null, running = false, shape = [1, 1];
const say = (text) => { $("said").textContent = text; };

async function boot() {
  say("fetching the runtime (some 40 MB, once; the browser keeps it) ...");
  await load(`${RUNTIME}pyodide.js`);
  python = await globalThis.loadPyodide({ indexURL: RUNTIME, env: { LIVERMET_NOJIT: "1", HOME: "/home/pyodide" } });
  say("fetching numpy, scipy, pandas ...");
  // networkx by its file, as by its name it brings matplotlib and eight more, of which the model needs none
  const kept = (python.lockfile || python._api.lockfile).packages, graphs = RUNTIME + kept.networkx.file_name;
  await python.loadPackage([...NEEDED.filter((name) => name !== "networkx"), graphs]);
  const missed = NEEDED.filter((name) => !(name in python.loadedPackages));
  if (missed.length) { python = null; throw new Error(`${missed.join(", ")} cannot be fetched`); }
  say("unpacking the model ...");
  await load(`${document.body.dataset.up}model.js`);
  python.unpackArchive(Uint8Array.from(atob(globalThis.livermetModel), (letter) => letter.charCodeAt(0)), "zip");
}
async function begin() {
  $("start").disabled = true;
  try {
    if (!python) await boot();
    say("building the liver ...");
    await new Promise((done) => setTimeout(done, 50));
    const without = $("without").checked ? '["kupffer"]' : "[]", seed = Math.max(0, Math.trunc(Number($("seed").value)) || 0), tissue = $("tissue").value === "lobule" ? "lobule" : "strip";
    python.runPython(`from livermet_sim.site.in_browser import Small\nliver = Small(seed=${seed}, without=${without}, tissue="${tissue}")`);
    liver = python.globals.get("liver");
    shape = JSON.parse(python.runPython("import json; json.dumps(liver.shape)"));
    running = true; step();
  } catch (error) { say(`This did not work: ${reason(error)}. The lesson needs no network.`); }
  $("start").disabled = false;
}
function step() {
  if (!running) return;
  const began = performance.now(), told = JSON.parse(liver.step()), bytes = liver.picture(), pixels = new Uint8ClampedArray(bytes.toJs ? bytes.toJs() : bytes);
  if (bytes.destroy) bytes.destroy();
  const canvas = $("liver"); canvas.height = shape[0]; canvas.width = shape[1];
  canvas.getContext("2d").putImageData(new ImageData(pixels, shape[1], shape[0]), 0, 0);
  say(`${told.hours.toFixed(2)} h: ${told.entered} tumour cells entered, ${told.tumour} alive; ${told.kupffer} Kupffer cells, ${told.nk} NK cells. A step took ${Math.round(performance.now() - began)} ms.`);
  if (told.hours >= 72) running = false; else setTimeout(step, 0);
}
$("start").addEventListener("click", () => { running = false; begin(); });
$("stop").addEventListener("click", () => { running = !running; if (running) step(); });
})();
