"use strict";
(async () => {
const $ = (id) => document.getElementById(id);
const meta = JSON.parse($("meta").textContent);
const packed = Uint8Array.from(atob($("data").textContent), (c) => c.charCodeAt(0));
$("data").remove();

async function unpack(part) {
  const piece = packed.subarray(part.offset, part.offset + part.length);
  const stream = new Blob([piece]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  // stacks hold what changed since the frame before
  for (let i = part.step; part.step && i < bytes.length; i++) bytes[i] += bytes[i - part.step];
  return part.type === "u1" ? bytes
    : new { u4: Uint32Array, i4: Int32Array, f4: Float32Array }[part.type](bytes.buffer);
}
const data = {};
await Promise.all(Object.entries(meta.parts).map(async ([name, part]) => { data[name] = await unpack(part); }));
const base = new Image();
base.src = meta.base;
await base.decode();

const W = meta.width, H = meta.height, N = W * H, F = meta.hours.length;
const SINUSOID = 2, PARENCHYMA = 3;
const state = { frame: 0, playing: false, background: "tissue", by: "state", vessels: true, shown: {}, zoom: 1, x: W / 2, y: H / 2 };
for (const kind of meta.kinds) state.shown[kind.name] = kind.name !== "lsec";
const canvas = $("tissue"), pen = canvas.getContext("2d");
const small = new OffscreenCanvas(W, H), smallPen = small.getContext("2d");
const hash = (n, turn) => { let h = Math.imul(n + turn * 7919 + 1, 0x9e3779b1); h ^= h >>> 15; h = Math.imul(h, 0x85ebca6b); return ((h ^ (h >>> 13)) >>> 0) / 4294967296; };
const value = (name, frame, site) => data[name][frame * N + site] * meta.scales[name][frame] / 255;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (v) => v >= 100 ? Math.round(v).toLocaleString("en") : Number(v.toPrecision(3)).toString();
const dark = () => document.documentElement.dataset.theme === "dark";
function tone(colour) {
  if (colour === "ink") return css("--ink");
  const [r, g, b] = [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
  if (!dark() || 0.3 * r + 0.6 * g + 0.1 * b > 90) return colour;
  return `rgb(${[r, g, b].map((c) => Math.round(c + 0.5 * (255 - c))).join()})`;
}
const time = (h) => h < 48 ? `${number(h)} h` : `day ${(h / 24).toFixed(h % 24 ? 1 : 0)}`;

// ---- cells of a frame
let cells = [];
function gather() {
  const frame = state.frame;
  cells = [];
  for (let i = meta.cellStart[frame]; i < meta.cellStart[frame + 1]; i++) {
    const site = data.cell_site[i], kind = data.cell_kind[i], lumen = data.cell_layer[i] === 0;
    const vessel = data.compartment[frame * N + site] === SINUSOID;
    let x, y;
    if (vessel && lumen) { y = data.points[2 * site]; x = data.points[2 * site + 1]; }
    else { y = Math.floor(site / W) + 0.5; x = site % W + 0.5; }
    const loose = kind === 0 ? (lumen ? 0 : 0.5) : 0.6, salt = kind === 0 ? site : site + 101 * (i % 7);
    x += loose * (hash(salt, 21) - 0.5); y += loose * (hash(salt, 22) - 0.5);
    cells.push({ i, site, kind, lumen, x, y });
  }
}

// ---- drawing
function place() {
  const box = canvas.getBoundingClientRect(), dpr = devicePixelRatio || 1;
  const width = Math.max(2, Math.round(box.width * dpr)), height = Math.max(2, Math.round(box.height * dpr));
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  const unit = Math.min(width / W, height / H) * state.zoom;
  return { unit, left: width / 2 - state.x * unit, top: height / 2 - state.y * unit, dpr };
}
function draw() {
  const { unit, left, top, dpr } = place();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(unit, 0, 0, unit, left, top);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  const layer = meta.layers.find((l) => l.name === state.background);
  if (layer && layer.name !== "perfusion") field(layer);
  else { pen.globalAlpha = layer ? 0.35 : 1; pen.drawImage(base, 0, 0, W, H); pen.globalAlpha = 1; if (!layer) damage(); }
  drawTumour(false, layer);
  if (state.vessels) vessels(layer, unit);
  drawTumour(true, layer);
  for (const kind of meta.kinds) if (kind.name !== "tumour" && state.shown[kind.name]) drawKind(kind, unit, dpr);
  const length = [20, 50, 100, 200, 500, 1000, 2000].find((l) => l / meta.site * unit / dpr > 70) || 5000;
  $("scale").firstElementChild.style.width = `${length / meta.site * unit / dpr}px`;
  $("scale").lastElementChild.textContent = `${length} µm`;
}
function paint(colourOf) {
  const image = smallPen.createImageData(W, H), out = image.data;
  for (let i = 0; i < N; i++) {
    const c = colourOf(i);
    if (c) { out[4 * i] = c[0]; out[4 * i + 1] = c[1]; out[4 * i + 2] = c[2]; out[4 * i + 3] = c[3]; }
  }
  smallPen.putImageData(image, 0, 0);
  pen.drawImage(small, 0, 0, W, H);
}
function field(layer) {
  const lut = meta.colours[layer.colours], frame = state.frame, span = layer.high - layer.low || 1;
  paint((i) => {
    if (!data.compartment[frame * N + i]) return null;
    const v = layer.static ? data.zone[i] / 255 : value(layer.array, frame, i);
    const k = 3 * Math.max(0, Math.min(255, Math.round(255 * (v - layer.low) / span)));
    return [lut[k], lut[k + 1], lut[k + 2], 255];
  });
}
function damage() {
  const at = state.frame * N, scale = meta.scales.parenchyma[state.frame] / 255, [r, g, b] = meta.necrosis, [cr, cg, cb] = meta.collagen;
  const thick = meta.scales.collagen[state.frame] / 255;
  paint((i) => {
    const where = data.compartment[at + i];
    if (where !== PARENCHYMA && where !== SINUSOID) return null;
    const gone = where === PARENCHYMA ? 1 - Math.min(1, data.parenchyma[at + i] * scale) : 0;
    const fibre = Math.min(1, data.collagen[at + i] * thick);
    if (fibre > 0.15 && fibre > gone) return [cr, cg, cb, 200 * fibre];
    return gone > 0.02 ? [r, g, b, 255 * gone] : null;
  });
}
function strokes(test, colour, extra) {
  // tubes in four classes of width, one path each
  const paths = [new Path2D(), new Path2D(), new Path2D(), new Path2D()], at = state.frame * N;
  const widths = [6, 7, 8, 10];
  for (let e = 0; e < data.edges.length; e += 2) {
    const a = data.edges[e], b = data.edges[e + 1], ca = data.compartment[at + a], cb = data.compartment[at + b];
    if (ca === PARENCHYMA || cb === PARENCHYMA || !ca || !cb || !test(a, b, at, false)) continue;
    const d = Math.min(data.diameter[a] || 255, data.diameter[b] || 255) / 10;
    const path = paths[d < 6.5 ? 0 : d < 7.5 ? 1 : d < 9 ? 2 : 3];
    path.moveTo(data.points[2 * a + 1], data.points[2 * a]); path.lineTo(data.points[2 * b + 1], data.points[2 * b]);
  }
  const fresh = new Path2D();
  for (const [a, b] of grown()) if (test(a, b, at, true)) { fresh.moveTo(...grownPoint(a)); fresh.lineTo(...grownPoint(b)); }
  pen.strokeStyle = colour; pen.lineCap = "round";
  paths.forEach((path, k) => { pen.lineWidth = widths[k] / meta.site + extra; pen.stroke(path); });
  pen.lineWidth = 0.8 + extra; pen.stroke(fresh);
}
let grownOf = -1, grownPairs = [], grownAt = new Map();
const grownPoint = (i) => grownAt.get(i) || [data.points[2 * i + 1], data.points[2 * i]];
function soften() {
  // as in the figures: sites move towards their neighbours along the tubes, so that lattice steps look smooth
  const rest = new Map(), next = new Map();
  for (const [a, b] of grownPairs) for (const [i, j] of [[a, b], [b, a]]) if (!data.diameter[i]) {
    if (!next.has(i)) { next.set(i, new Set()); rest.set(i, [i % W + 0.5, Math.floor(i / W) + 0.5]); }
    next.get(i).add(j);
  }
  grownAt = new Map(rest);
  for (let round = 0; round < 3; round++) {
    const moved = new Map();
    for (const [i, around] of next) {
      const [x, y] = grownAt.get(i), [rx, ry] = rest.get(i);
      let sx = 0, sy = 0;
      for (const j of around) { const [px, py] = grownPoint(j); sx += px; sy += py; }
      const hold = (v, r) => r + Math.max(-0.45, Math.min(0.45, v - r)), n = around.size;
      moved.set(i, n > 1 ? [hold(0.4 * x + 0.6 * sx / n, rx), hold(0.4 * y + 0.6 * sy / n, ry)] : [rx, ry]);
    }
    grownAt = moved;
  }
}
function grown() {
  if (grownOf === state.frame) return grownPairs;
  const at = state.frame * N, c = data.compartment, pairs = [];
  const vessel = (i) => c[at + i] && c[at + i] !== PARENCHYMA;
  for (let i = 0; i < N; i++) {
    if (c[at + i] !== SINUSOID || data.diameter[i]) continue;
    const x = i % W;
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1], [1, -1], [-1, -1]]) {
      const j = i + dy * W + dx;
      if (x + dx < 0 || x + dx >= W || j < 0 || j >= N || !vessel(j)) continue;
      if (dx && dy && (vessel(i + dx) || vessel(i + dy * W))) continue;
      pairs.push([i, j]);
    }
  }
  grownOf = state.frame; grownPairs = pairs; soften();
  return pairs;
}
function vessels(layer, unit) {
  const p = data.perfused, flows = (a, b, at) => p[at + a] > 0 || p[at + b] > 0;
  const isNew = (a, b, at, fresh) => fresh;
  if (layer && layer.name !== "perfusion") { strokes(() => true, "rgba(255,255,255,0.33)", -0.45); strokes(isNew, meta.newWall, -0.35); return; }
  if (layer) { strokes((a, b, at) => !flows(a, b, at), meta.noFlow, 0); strokes(flows, meta.flow, 0); return; }
  strokes((a, b, at, fresh) => !fresh, meta.lining, 0.16);
  strokes(isNew, meta.newWall, 0.28);
  strokes((a, b, at) => !flows(a, b, at), meta.stasis, 0);
  strokes(flows, meta.lumen, 0);
}
const stateOf = (i) => meta.states[data.cell_state[i]], phaseOf = (i) => meta.phases[data.cell_phase[i]];
const shade = (i) => state.by === "state" ? meta.stateColours[stateOf(i)] : meta.phaseColours[phaseOf(i)] || "#888";
function drawTumour(lumen, layer) {
  if (!state.shown.tumour) return;
  const groups = new Map();
  for (const cell of cells) if (cell.kind === 0 && cell.lumen === lumen) {
    const colour = shade(cell.i);
    if (!groups.has(colour)) groups.set(colour, [new Path2D(), new Path2D()]);
    const [body, core] = groups.get(colour), r = lumen ? 0.55 : 0.62;
    body.moveTo(cell.x + r, cell.y); body.arc(cell.x, cell.y, r, 0, 7);
    core.moveTo(cell.x + 0.36, cell.y); core.arc(cell.x, cell.y, 0.36, 0, 7);
  }
  for (const [colour, [body, core]] of groups) {
    if (layer && layer.name !== "perfusion") { pen.strokeStyle = colour; pen.lineWidth = 0.22; pen.stroke(core); pen.strokeStyle = "#ffffff99"; pen.lineWidth = 0.08; pen.stroke(core); continue; }
    if (lumen) { pen.strokeStyle = "#fff"; pen.lineWidth = 0.35; pen.stroke(body); pen.fillStyle = colour; pen.fill(body); continue; }
    pen.fillStyle = "#ffffff"; pen.fill(body);
    pen.globalAlpha = 0.55; pen.fillStyle = colour; pen.fill(body); pen.globalAlpha = 1; pen.fill(core);
  }
}
const outlines = {
  D: [[0, -1], [1, 0], [0, 1], [-1, 0]], s: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
  "^": [[0, -1], [0.95, 0.75], [-0.95, 0.75]], v: [[0, 1], [0.95, -0.75], [-0.95, -0.75]],
  p: [0, 1, 2, 3, 4].map((k) => [Math.sin(k * 1.2566), -Math.cos(k * 1.2566)]),
  h: [0, 1, 2, 3, 4, 5].map((k) => [Math.cos(k * 1.0472), Math.sin(k * 1.0472)]),
  X: [[-1, -0.6], [-0.6, -1], [0, -0.4], [0.6, -1], [1, -0.6], [0.4, 0], [1, 0.6], [0.6, 1], [0, 0.4], [-0.6, 1], [-1, 0.6], [-0.4, 0]],
};
function outline(path, shape, x, y, r) {
  const points = outlines[shape];
  if (!points) { path.moveTo(x + r, y); path.arc(x, y, r, 0, 7); return; }
  points.forEach(([dx, dy], k) => path[k ? "lineTo" : "moveTo"](x + r * dx, y + r * dy));
  path.closePath();
}
// resting stellate cells would hide the plates
const seen = (kind, i) => kind.name !== "stellate" || data.cell_activation[i] > 127;
function drawKind(kind, unit, dpr) {
  const path = new Path2D(), r = Math.max(0.34, 2.6 * dpr / unit);
  for (const cell of cells) if (cell.kind === kind.code) {
    if (!seen(kind, cell.i)) continue;
    outline(path, kind.shape, cell.x, cell.y, kind.name === "lsec" ? 0.6 * r : r);
  }
  pen.strokeStyle = "#ffffff"; pen.lineWidth = 0.35 * r; pen.stroke(path);
  pen.fillStyle = kind.colour; pen.fill(path);
}

// ---- panels
const outputs = {};
function swatch(shape, colour) {
  const box = document.createElement("canvas");
  box.width = box.height = 30;
  const own = box.getContext("2d"), path = new Path2D();
  outline(path, shape, 15, 15, 11);
  own.strokeStyle = "#fff"; own.lineWidth = 4; own.stroke(path); own.fillStyle = colour; own.fill(path);
  return box;
}
function panel() {
  $("background").append(new Option("tissue", "tissue"), ...meta.layers.map((l) => new Option(l.label, l.name)));
  for (const kind of meta.kinds) {
    const label = document.createElement("label"), box = document.createElement("input"), out = document.createElement("output");
    box.type = "checkbox"; box.checked = state.shown[kind.name];
    box.addEventListener("change", () => { state.shown[kind.name] = box.checked; draw(); });
    label.append(box, kind.name === "tumour" ? "" : swatch(kind.shape, kind.colour), kind.label, " ", out);
    outputs[kind.name] = out;
    $("kinds").append(label);
  }
  const label = document.createElement("label"), box = document.createElement("input");
  box.type = "checkbox"; box.checked = true; box.id = "vessels";
  box.addEventListener("change", () => { state.vessels = box.checked; draw(); });
  label.append(box, "vessels");
  $("kinds").append(label);
}
function counts() {
  const number = new Array(meta.kinds.length).fill(0), words = {};
  const table = state.by === "state" ? meta.stateColours : meta.phaseColours;
  for (const cell of cells) {
    if (seen(meta.kinds[cell.kind], cell.i)) number[cell.kind]++;
    if (cell.kind === 0) { const word = state.by === "state" ? stateOf(cell.i) : phaseOf(cell.i); words[word] = (words[word] || 0) + 1; }
  }
  for (const kind of meta.kinds) outputs[kind.name].textContent = number[kind.code].toLocaleString("en");
  $("tumour").replaceChildren(...Object.entries(table).map(([word, colour]) => {
    const span = document.createElement("span"), out = document.createElement("output");
    out.textContent = (words[word] || 0).toLocaleString("en");
    span.append(swatch("o", colour), word, " ", out);
    return span;
  }));
}

// ---- curves
const charts = meta.charts.map((spec) => {
  const box = document.createElement("section"), head = document.createElement("h2"), area = document.createElement("canvas"), list = document.createElement("ul"), frame = document.createElement("div");
  box.className = "chart"; head.textContent = spec.title;
  frame.append(area); box.append(head, frame, list); $("charts").append(box);
  const items = spec.series.map((series) => {
    const item = document.createElement("li"), dot = document.createElement("i"), text = document.createElement("span");
    dot.style.background = series.colour === "ink" ? "var(--ink)" : series.colour; item.append(dot, text); list.append(item);
    return text;
  });
  area.addEventListener("pointerdown", (event) => { stop(); const r = area.getBoundingClientRect(); seekHour((event.clientX - r.left - 46) / (r.width - 56) * meta.days * 24); });
  if (spec.bare) list.remove();
  return { spec, area, items, still: null };
});
const resized = new ResizeObserver(() => { charts.forEach(curve); cursors(); });
function curve(chart) {
  const { spec, area } = chart, dpr = devicePixelRatio || 1, box = area.getBoundingClientRect();
  const width = Math.max(2, box.width * dpr | 0), height = Math.max(2, box.height * dpr | 0);
  area.width = width; area.height = height;
  const still = new OffscreenCanvas(width, height), p = still.getContext("2d");
  const left = 46 * dpr, right = width - 10 * dpr, topY = 6 * dpr, bottom = height - 22 * dpr, days = meta.seriesDays;
  const sums = spec.stacked ? days.map((_, k) => spec.series.reduce((s, c) => s + (c.values[k] || 0), 0)) : null;
  const most = Math.max(1, ...(sums || spec.series.flatMap((s) => s.values)).filter((v) => v !== null));
  const low = spec.log ? Math.log10(0.8) : 0, high = spec.log ? Math.log10(Math.max(10, most * 1.5)) : most * 1.05;
  const X = (d) => left + (right - left) * d / (meta.days || 1), Y = (v) => bottom - (bottom - topY) * ((spec.log ? Math.log10(v) : v) - low) / (high - low);
  p.font = `${13 * dpr}px system-ui, sans-serif`; p.fillStyle = css("--faint"); p.strokeStyle = css("--line"); p.lineWidth = dpr;
  const ticks = spec.log ? [1, 10, 100, 1000, 1e4, 1e5, 1e6].filter((v) => Math.log10(v) < high) : [0, 0.5, 1].map((s) => niceUnder(most * s));
  p.textAlign = "right"; p.textBaseline = "middle";
  for (const v of ticks) { p.beginPath(); p.moveTo(left, Y(v)); p.lineTo(right, Y(v)); p.stroke(); p.fillText(v >= 10000 ? `${v / 1000}k` : number(v), left - 6 * dpr, Y(v)); }
  p.textAlign = "center"; p.textBaseline = "top";
  const step = [0.25, 0.5, 1, 2, 5, 7, 10, 20, 50, 100].find((s) => meta.days / s <= 7) || 365;
  for (let d = 0; d <= meta.days + 1e-9; d += step) p.fillText(d === 0 ? "day 0" : number(d), X(d), bottom + 4 * dpr);
  let under = days.map(() => 0);
  for (const series of spec.series) {
    p.beginPath();
    if (spec.stacked) {
      const upper = series.values.map((v, k) => under[k] + (v || 0));
      days.forEach((d, k) => p[k ? "lineTo" : "moveTo"](X(d), Y(upper[k])));
      for (let k = days.length - 1; k >= 0; k--) p.lineTo(X(days[k]), Y(under[k]));
      p.fillStyle = tone(series.colour); p.fill(); under = upper;
    } else {
      let on = false;
      days.forEach((d, k) => { const v = series.values[k]; if (v === null || (spec.log && v <= 0)) { on = false; return; } p[on ? "lineTo" : "moveTo"](X(d), Y(v)); on = true; });
      p.strokeStyle = tone(series.colour); p.lineWidth = (series.wide ? 3.2 : 2) * dpr; p.stroke();
    }
  }
  Object.assign(chart, { still, X, top: topY, bottom, dpr });
}
function niceUnder(v) { if (v < 1) return Number(v.toPrecision(1)); const ten = 10 ** Math.floor(Math.log10(v)); return Math.floor(v / ten * 2) / 2 * ten; }
function cursors() {
  const day = meta.hours[state.frame] / 24, days = meta.seriesDays;
  let k = 0;
  while (k + 1 < days.length && days[k + 1] <= day + 1e-6) k++;
  for (const chart of charts) {
    const p = chart.area.getContext("2d");
    p.clearRect(0, 0, chart.area.width, chart.area.height);
    p.drawImage(chart.still, 0, 0);
    const x = chart.X(day);
    p.globalAlpha = 0.55; p.fillStyle = css("--panel"); p.fillRect(x, chart.top, chart.X(meta.days) - x + 2, chart.bottom - chart.top); p.globalAlpha = 1;
    p.strokeStyle = css("--ink"); p.lineWidth = 2 * chart.dpr; p.beginPath(); p.moveTo(x, chart.top); p.lineTo(x, chart.bottom); p.stroke();
    chart.spec.series.forEach((series, n) => { const v = series.values[k]; chart.items[n].textContent = `${series.name} ${v === null || v === undefined ? "–" : number(v)}`; });
  }
}

// ---- time
function show(frame) {
  state.frame = Math.max(0, Math.min(F - 1, frame));
  const words = time(meta.hours[state.frame]);
  $("clock").textContent = words; $("scrub").value = state.frame; $("scrub").setAttribute("aria-valuetext", words);
  gather(); counts(); draw(); cursors(); hover();
}
function seekHour(hour) { let best = 0; meta.hours.forEach((h, k) => { if (Math.abs(h - hour) < Math.abs(meta.hours[best] - hour)) best = k; }); show(best); }
let due = 0;
function tick(now) {
  if (!state.playing) return;
  if (now >= due) {
    due = Math.max(due, now - 200) + 1000 / Number($("speed").value);
    if (state.frame >= F - 1) { stop(); return; }
    show(state.frame + 1);
  }
  requestAnimationFrame(tick);
}
function play() { if (state.frame >= F - 1) show(0); state.playing = true; due = performance.now(); mark(); requestAnimationFrame(tick); }
function stop() { state.playing = false; mark(); }
function mark() { $("play").textContent = state.playing ? "❚❚" : "▶"; $("play").setAttribute("aria-pressed", state.playing); $("play").setAttribute("aria-label", state.playing ? "pause" : "play"); }

// ---- looking at a cell
let pointer = null;
function hover() {
  const tip = $("tip");
  $("ring").hidden = true;
  if (!pointer) { tip.hidden = true; return; }
  const { unit, left, top, dpr } = place(), x = (pointer.x * dpr - left) / unit, y = (pointer.y * dpr - top) / unit;
  const col = Math.floor(x), row = Math.floor(y), site = row * W + col, at = state.frame * N;
  if (col < 0 || row < 0 || col >= W || row >= H || !data.compartment[at + site]) { tip.hidden = true; return; }
  let best = null, far = 1.1;
  for (const cell of cells) {
    const kind = meta.kinds[cell.kind];
    if (!state.shown[kind.name] || !seen(kind, cell.i)) continue;
    const d = Math.hypot(cell.x - x, cell.y - y) + (kind.name === "lsec" ? 0.5 : 0);
    if (d < far) { far = d; best = cell; }
  }
  const lines = [];
  if (best) {
    const i = best.i, kind = meta.kinds[best.kind], percent = (c) => `${Math.round(100 * data[c][i] / 255)} %`;
    lines.push(kind.label);
    if (best.kind === 0) {
      const lesion = data.cell_lesion[i];
      lines.push(`${stateOf(i)}, ${best.lumen ? "in a vessel" : "in the tissue"}`, `lesion ${lesion} (${cells.filter((c) => c.kind === 0 && data.cell_lesion[c.i] === lesion).length} cells), ${phaseOf(i)}`);
    } else {
      lines.push(`activation ${percent("cell_activation")}, polarisation ${percent("cell_polarisation")}`);
      if (data.cell_load[i]) lines.push(`has engulfed ${number(data.cell_load[i] / 16)} tumour cells`);
    }
  } else lines.push(meta.compartments[data.compartment[at + site]]);
  const here = best ? best.site : site;
  lines.push(`oxygen ${number(value("oxygen", state.frame, here))} mmHg, VEGF ${number(value("vegf", state.frame, here))}`);
  if (data.compartment[at + here] === SINUSOID) lines.push(data.perfused[at + here] ? "blood flows here" : "no flow here");
  tip.replaceChildren(...lines.map((words, k) => { const e = document.createElement(k ? "div" : "b"); e.textContent = words; return e; }));
  tip.hidden = false;
  if (best) {
    $("ring").hidden = false;
    $("ring").style.left = `${(left + best.x * unit) / dpr}px`; $("ring").style.top = `${(top + best.y * unit) / dpr}px`;
  }
  const box = $("stage").getBoundingClientRect();
  tip.style.left = `${Math.min(pointer.x + 16, box.width - tip.offsetWidth - 4)}px`;
  tip.style.top = `${Math.max(4, Math.min(pointer.y + 16, box.height - tip.offsetHeight - 4))}px`;
}
let drag = null;
canvas.addEventListener("pointermove", (event) => {
  const r = canvas.getBoundingClientRect();
  pointer = { x: event.clientX - r.left, y: event.clientY - r.top };
  if (drag) { const { unit, dpr } = place(); state.x = drag.x - (pointer.x - drag.px) * dpr / unit; state.y = drag.y - (pointer.y - drag.py) * dpr / unit; draw(); }
  hover();
});
canvas.addEventListener("pointerleave", () => { pointer = null; hover(); });
canvas.addEventListener("pointerdown", (event) => { drag = { x: state.x, y: state.y, px: pointer ? pointer.x : 0, py: pointer ? pointer.y : 0 }; canvas.setPointerCapture(event.pointerId); });
for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { drag = null; });
canvas.addEventListener("wheel", (event) => { event.preventDefault(); nearer(Math.exp(-event.deltaY / 400), pointer); }, { passive: false });
function nearer(times, about) {
  const { unit, left, top, dpr } = place(), zoom = Math.max(1, Math.min(16, state.zoom * times));
  if (about) {
    const x = (about.x * dpr - left) / unit, y = (about.y * dpr - top) / unit, keep = state.zoom / zoom;
    state.x = x + (state.x - x) * keep; state.y = y + (state.y - y) * keep;
  }
  state.zoom = zoom;
  if (zoom === 1) { state.x = W / 2; state.y = H / 2; }
  draw(); hover();
}

// ---- controls
$("play").addEventListener("click", () => state.playing ? stop() : play());
$("back").addEventListener("click", () => { stop(); show(state.frame - 1); });
$("next").addEventListener("click", () => { stop(); show(state.frame + 1); });
$("scrub").addEventListener("input", () => { stop(); show(Number($("scrub").value)); });
$("background").addEventListener("change", () => { state.background = $("background").value; scaleBar(); draw(); });
$("by").addEventListener("change", () => { state.by = $("by").value; counts(); draw(); });
$("theme").addEventListener("click", theme);
$("help").addEventListener("click", () => $("keys").showModal());
function theme() { const root = document.documentElement; root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"; layout(); }
function scaleBar() {
  const layer = meta.layers.find((l) => l.name === state.background);
  $("bar").hidden = !layer || layer.name === "perfusion";
  if ($("bar").hidden) return;
  const p = $("bar").firstElementChild.getContext("2d"), lut = meta.colours[layer.colours];
  for (let k = 0; k < 256; k++) { p.fillStyle = `rgb(${lut[3 * k]},${lut[3 * k + 1]},${lut[3 * k + 2]})`; p.fillRect(k, 0, 1, 1); }
  $("low").textContent = number(layer.low); $("high").textContent = number(layer.high); $("what").textContent = layer.label;
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open || event.target.tagName === "SELECT") return;
  const own = event.target.tagName, key = event.key, far = event.shiftKey ? 10 : 1;
  const pick = (id, value) => { $(id).value = value; $(id).dispatchEvent(new Event("change")); };
  const faster = (by) => { const s = $("speed"); s.selectedIndex = Math.max(0, Math.min(s.options.length - 1, s.selectedIndex + by)); };
  const does = {
    " ": () => state.playing ? stop() : play(), ArrowRight: () => { stop(); show(state.frame + far); }, ArrowLeft: () => { stop(); show(state.frame - far); },
    Home: () => { stop(); show(0); }, End: () => { stop(); show(F - 1); }, "+": () => faster(1), "=": () => faster(1), "-": () => faster(-1),
    p: () => pick("by", state.by === "state" ? "phase" : "state"), v: () => $("vessels").click(), l: theme, "?": () => $("keys").showModal(),
    z: () => nearer(1.5), x: () => nearer(1 / 1.5), 0: () => nearer(0),
    f: () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen(),
  }[key.length === 1 ? key.toLowerCase() : key];
  if (key === " " && (own === "BUTTON" || own === "INPUT" && event.target.type === "checkbox")) return;
  if (does) { event.preventDefault(); does(); }
  else if (key >= "1" && key <= "9" && $("background").options[key - 1]) pick("background", $("background").options[key - 1].value);
});
// ---- a link to a moment: player.html#day=7, or #phase=growth for when most lesions are in it, with &show=vegf, &by=phase
function follow() {
  const asked = new URLSearchParams(location.hash.slice(1)), pick = (id, value) => { if ([...$(id).options].some((o) => o.value === value)) { $(id).value = value; $(id).dispatchEvent(new Event("change")); } };
  if (!asked.size) return;
  stop();
  for (const [key, id] of [["show", "background"], ["by", "by"]]) if (asked.has(key)) pick(id, asked.get(key));
  const day = asked.has("phase") ? fullest(asked.get("phase")) : asked.has("day") ? Number(asked.get("day")) : NaN;
  if (Number.isFinite(day)) seekHour(24 * day);
}
function fullest(phase) {
  const lesions = meta.charts.flatMap((chart) => chart.series).find((series) => series.name === phase), most = lesions ? Math.max(...lesions.values) : 0;
  return most > 0 ? meta.seriesDays[lesions.values.indexOf(most)] : NaN;
}
addEventListener("hashchange", follow);
function layout() { draw(); charts.forEach(curve); cursors(); hover(); }
addEventListener("resize", layout);

document.documentElement.style.setProperty("--shape", `${W} / ${H}`);
$("title").textContent = meta.title;
$("scrub").max = F - 1;
panel(); mark(); scaleBar(); charts.forEach(curve); show(0);
$("wait").remove();
follow();
charts.forEach((chart) => resized.observe(chart.area));
globalThis.player = { state, show, play, stop, fullest, frames: F };
document.body.dataset.ready = "yes";
})().catch((error) => { document.getElementById("wait").textContent = `This browser cannot show the film: ${error.message}`; });
