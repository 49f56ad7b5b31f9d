/* The sheet of an estimate by keyboard: arrows, Enter, blocks from a spreadsheet, whole lines. */

import { deed, form, note, settled } from "./estimate-saving.js";

const cellOf = (node) => (node?.name?.startsWith?.("c.") && form()?.contains(node) ? node : null);
const inputs = (row) => [...row.querySelectorAll('input[name^="c."]')];

/* The same column, so many rows further; phases between are passed over. */
function vertically(cell, by) {
  const rows = [...form().querySelectorAll("tbody tr:not(.phase)")];
  const column = inputs(cell.closest("tr")).indexOf(cell);
  const row = rows[rows.indexOf(cell.closest("tr")) + by];
  go(row && inputs(row)[column]);
}

function sideways(cell, by) {
  const row = inputs(cell.closest("tr"));
  go(row[row.indexOf(cell) + by]);
}

function go(cell) {
  cell?.focus();
  cell?.select();
}

const atEdge = (cell, end) =>
  cell.selectionStart === cell.selectionEnd
    ? cell.selectionStart === (end ? cell.value.length : 0)
    : cell.selectionEnd - cell.selectionStart === cell.value.length;

const walks = {
  ArrowUp: (cell) => vertically(cell, -1),
  ArrowDown: (cell) => vertically(cell, 1),
  Enter: (cell) => vertically(cell, 1),
  ArrowLeft: (cell) => atEdge(cell, false) && sideways(cell, -1),
  ArrowRight: (cell) => atEdge(cell, true) && sideways(cell, 1),
};
const withAlt = { ArrowUp: "up", ArrowDown: "down", Insert: "insert", Delete: "remove" };
const withCtrl = { d: "duplicate", z: "undo" };

document.addEventListener("keydown", (event) => {
  const cell = cellOf(event.target);
  if (!cell || event.isComposing) return;
  const whole = event.altKey ? withAlt[event.key] : (event.ctrlKey || event.metaKey) && withCtrl[event.key];
  if (whole && !(whole === "undo" && cell.value !== cell.defaultValue)) {
    event.preventDefault();
    return deed({ do: whole, row: cell.name.split(".")[1] });
  }
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (walks[event.key]?.(cell) !== false && event.key in walks) event.preventDefault();
});

document.addEventListener("input", ({ target }) => cellOf(target) && note(target));
document.addEventListener("change", ({ target }) => cellOf(target) && settled());

document.addEventListener("focusin", ({ target }) => {
  const chosen = cellOf(target)?.closest("tr").querySelector("[name=row]");
  if (chosen) chosen.checked = true;
});

document.addEventListener("paste", (event) => {
  const cell = cellOf(event.target);
  const block = event.clipboardData.getData("text/plain");
  if (!cell || !/[\t\n]/.test(block.trimEnd())) return;
  event.preventDefault();
  deed({ do: "paste", cell: cell.name, block });
});

document.addEventListener("submit", (event) => {
  if (event.target !== form() || event.submitter?.value === "renew") return;
  event.preventDefault();
  const said = new FormData(form(), event.submitter);
  deed({ do: said.get("do"), row: said.get("row") ?? "", offer: said.get("offer") ?? "" });
});
