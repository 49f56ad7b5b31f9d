/* Opportunities by keyboard: walk rows, give the EM's word, say it again, set the close date. */

import { close, edit, groupOf } from "./deal-editor.js";
import { resting } from "./hotkeys.js";

const groups = () => [...document.querySelectorAll("#deals tbody")];
const colours = { g: "green", a: "amber", r: "red", n: "grey" };
const steps = { j: 1, k: -1 };

/* Before the keys of every page: here g is a colour while a row has the focus. */
document.addEventListener("keydown", onKey, true);

function onKey(event) {
  const editor = event.target.closest?.(".editor");
  if (editor) return inEditor(event, editor);
  if (resting(event) || event.shiftKey) return;
  const group = groupOf(document.activeElement);
  if (event.key in steps) return answered(event, () => walk(group, steps[event.key]));
  const deed = group && deedOf(event.key, group);
  if (deed) answered(event, deed);
}

function deedOf(key, group) {
  if (key in colours) return () => edit(group, "word", colours[key]);
  if (key === "d") return () => edit(group, "date");
  return key === "s" && (() => group.querySelector("[data-mend=still]")?.click());
}

function answered(event, deed) {
  event.preventDefault();
  deed();
}

function inEditor(event, editor) {
  if (event.key === "Escape") return answered(event, () => close(editor));
  const writing = event.target.matches("textarea, input:not([type=radio])");
  if (event.key === "Enter" && writing && !event.shiftKey && !event.isComposing) {
    answered(event, () => editor.requestSubmit());
  }
}

function walk(group, by) {
  const all = groups();
  const next = all[group ? all.indexOf(group) + by : 0];
  next?.querySelector("th a").focus();
}

/* Shift and a column's head sort by one column more. */
document.addEventListener("click", (event) => {
  const head = event.target.closest?.("th a[data-also]");
  if (!head || !event.shiftKey) return;
  event.preventDefault();
  location.assign(head.dataset.also);
});
