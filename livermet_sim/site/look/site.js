"use strict";
(() => {
const root = document.documentElement, box = document.getElementById("search"), found = document.getElementById("found"), up = document.body.dataset.up;
document.getElementById("theme").addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  try { localStorage.livermetTheme = root.dataset.theme; } catch { /* a page from a disk may keep nothing */ }
});
const menu = document.getElementById("menu"), pages = document.getElementById("pages");
menu.addEventListener("click", () => menu.setAttribute("aria-expanded", pages.classList.toggle("open")));

// ---- search: every word must begin a word of the section; a hit in its title counts more
const plain = (text) => text.toLowerCase().normalize("NFKD");
const index = (globalThis.livermetIndex || []).map(([page, title, link, words]) => ({ page, title, link, words, head: plain(`${title} ${page}`), all: ` ${plain(`${title} ${page} ${words}`).replace(/[^\p{L}\p{N}]+/gu, " ")}` }));
const begins = (text, word) => ` ${text.replace(/[^\p{L}\p{N}]+/gu, " ")}`.includes(` ${word}`);
function search(asked) {
  const words = plain(asked).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (!words.length) return [];
  return index.filter((entry) => words.every((word) => entry.all.includes(` ${word}`)))
    .map((entry) => ({ entry, score: words.reduce((sum, word) => sum + (begins(plain(entry.title), word) ? 4 : 0) + (begins(entry.head, word) ? 2 : 0), 0) - entry.title.length / 200 }))
    .sort((a, b) => b.score - a.score).slice(0, 12).map((hit) => hit.entry);
}
function snippet(entry, word) {
  const at = Math.max(0, plain(entry.words).indexOf(word));
  return entry.words.slice(Math.max(0, at - 40), at + 100);
}
function show() {
  const hits = search(box.value), word = plain(box.value).trim().split(/\s+/)[0];
  found.replaceChildren(...hits.map((entry) => {
    const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
    link.href = up + entry.link; link.textContent = entry.title === entry.page ? entry.title : `${entry.title} · ${entry.page}`;
    small.textContent = snippet(entry, word); link.append(small); item.append(link);
    return item;
  }));
  if (!hits.length && box.value.trim()) { const none = document.createElement("li"); none.textContent = "Nothing found."; found.append(none); }
  found.hidden = !box.value.trim();
}
box.addEventListener("input", show);
box.addEventListener("focus", show);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName)) { event.preventDefault(); box.focus(); }
  if (event.key === "Escape") { found.hidden = true; box.blur(); }
  if (event.key === "Enter" && event.target === box && found.querySelector("a")) found.querySelector("a").click();
  const links = [...found.querySelectorAll("a")], at = links.indexOf(document.activeElement);
  if (!found.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp") && links.length) {
    event.preventDefault(); const to = at + (event.key === "ArrowDown" ? 1 : -1); (links[to] || box).focus();
  }
});
document.addEventListener("click", (event) => { if (!event.target.closest(".search")) found.hidden = true; });
})();
