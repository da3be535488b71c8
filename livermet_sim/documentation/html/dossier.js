"use strict";
for (const input of document.querySelectorAll("input[data-table]")) {
  const box = document.getElementById("table-" + input.dataset.table);
  const rows = [...box.querySelectorAll("tbody tr")], said = box.querySelector("output");
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const all = said.textContent;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    said.textContent = words.length ? shown + " of " + all : all;
  });
}
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement, place = head.cellIndex, body = head.closest("table").tBodies[0];
    const down = head.getAttribute("aria-sort") === "ascending", sign = down ? -1 : 1;
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent;
    const order = (a, b) => {
      const x = key(a), y = key(b), p = Number(x), q = Number(y);
      const numbers = x !== "" && y !== "" && !Number.isNaN(p) && !Number.isNaN(q);
      return sign * (numbers ? p - q : x.localeCompare(y));
    };
    body.append(...[...body.rows].sort(order));
  });
}
