/* The list by mouse and keyboard: walk rows, tick them, tick a range, sort by one column more. */

import { resting } from "./hotkeys.js";

const area = () => document.getElementById("list-area");
const boxes = () => [...area().querySelectorAll('tbody [name="issue"]')];
const links = () => [...area().querySelectorAll("tbody th a")];
let last = null;

function count() {
  const all = boxes();
  const ticked = all.filter((box) => box.checked).length;
  const whole = area().querySelector("#select-page");
  if (!whole) return;
  whole.checked = ticked === all.length;
  whole.indeterminate = ticked > 0 && ticked < all.length;
  area().querySelector("#ticked").textContent = ticked;
  const rest = area().querySelector('.bulk [name="all"]');
  if (rest && ticked < all.length) rest.checked = false;
}

/* From the row ticked last to this one, all as this one. */
function tick(box, upTo) {
  const all = boxes();
  const from = all.indexOf(last);
  const ends = upTo && from >= 0 ? [from, all.indexOf(box)].sort((a, b) => a - b) : null;
  if (ends) for (const each of all.slice(ends[0], ends[1] + 1)) each.checked = box.checked;
  last = box;
  count();
}

document.addEventListener("click", (event) => {
  const head = event.target.closest?.("th a[data-also]");
  if (head && event.shiftKey) {
    event.preventDefault();
    location.assign(head.dataset.also);
  }
  const box = event.target.closest?.('[name="issue"]');
  if (box) tick(box, event.shiftKey);
});

document.addEventListener("change", (event) => {
  if (event.target.id === "select-page") {
    for (const box of boxes()) box.checked = event.target.checked;
    count();
  } else if (event.target.name === "all" && event.target.checked) {
    for (const box of boxes()) box.checked = true;
    count();
  }
});

document.addEventListener("keydown", (event) => {
  if (resting(event) && event.target.name !== "issue") return;
  const row = document.activeElement.closest?.("tbody tr");
  const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (by && (row || event.key.length === 1)) return walk(event, row, by);
  const box = row?.querySelector('[name="issue"]');
  if (event.key.toLowerCase() !== "x" || !box) return;
  event.preventDefault();
  box.checked = !box.checked;
  tick(box, event.shiftKey);
});

function walk(event, row, by) {
  const all = links();
  const at = all.findIndex((link) => link.closest("tr") === row);
  event.preventDefault();
  all[at < 0 ? 0 : at + by]?.focus();
}

/* After an undo the rows are not as they were. */
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.request.action.includes("/bulk/")) document.getElementById("filters").requestSubmit();
});
