/* Changes by keyboard: n and p walk them, a accepts and r rejects the one with the focus. */

import { resting } from "./hotkeys.js";

const CHANGED = ".sow-change > .sow-raw :is(ins, del), .sow-beside :is(ins, del)";
const steps = { n: 1, p: -1 };
let here = null;

document.addEventListener("keydown", (event) => {
  const choice = event.target.closest?.('input[type="radio"]');
  if (choice ? event.ctrlKey || event.metaKey || event.altKey : resting(event)) return;
  if (document.documentElement.dataset.keys === "off") return;
  if (event.key in steps) walk(event, steps[event.key]);
  else choose(event);
});

function walk(event, by) {
  const found = places();
  if (!found.length) return;
  event.preventDefault();
  const at = found.indexOf(here);
  here = found[at < 0 ? (by > 0 ? 0 : found.length - 1) : (at + by + found.length) % found.length];
  const target = here.querySelector("input") ?? here;
  if (target === here) target.tabIndex = -1;
  here.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
}

/* What goes and comes in one place is one change. */
function places() {
  const forms = [...document.querySelectorAll("[data-change]")];
  if (forms.length) return forms;
  return [...document.querySelectorAll(CHANGED)].filter(
    (each) => !each.previousSibling?.matches?.("ins, del"),
  );
}

function choose(event) {
  const key = CSS.escape(event.key);
  const choice = event.target.closest?.("[data-change]")?.querySelector(`[data-verdict="${key}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
}
