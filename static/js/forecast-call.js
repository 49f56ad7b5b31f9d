/* Call mode by keyboard: walk the deals, choose a colour, write, keep. */

import { resting } from "./hotkeys.js";

const colours = { g: "green", a: "amber", r: "red", n: "grey" };
const field = (selector) => document.querySelector(selector);
const keys = {
  j: () => field("[data-step=on]")?.click(),
  ArrowRight: () => field("[data-step=on]")?.click(),
  k: () => field("[data-step=back]")?.click(),
  ArrowLeft: () => field("[data-step=back]")?.click(),
  e: () => field("[name=confidence_rationale]")?.focus(),
  d: () => field("[name=decision-text]")?.focus(),
};

/* Before the keys of every page: here g is a colour. */
document.addEventListener("keydown", onKey, true);

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    return answered(event, () => (event.target.form ?? field(".call-word"))?.requestSubmit());
  }
  if (event.key === "Escape" && event.target.matches("textarea, input, select")) {
    return event.target.blur();
  }
  const choosing = event.target.matches("[type=radio]") && !event.key.startsWith("Arrow");
  if (event.shiftKey || (resting(event) && !choosing)) return;
  if (event.key in colours) answered(event, () => choose(colours[event.key]));
  else if (event.key in keys) answered(event, keys[event.key]);
}

function choose(colour) {
  const radio = field(`[name=confidence][value=${colour}]`);
  if (!radio) return;
  radio.checked = true;
  field("[name=confidence_rationale]").focus();
}

function answered(event, deed) {
  event.preventDefault();
  event.stopPropagation();
  deed();
}

/* Whoever comes to another deal begins at its name, or at what was refused. */
const refused = field(".call-word [aria-invalid=true]");
if (refused) refused.focus();
else if (new URLSearchParams(location.search).has("deal")) {
  field("#deal-title")?.focus({ preventScroll: true });
}
