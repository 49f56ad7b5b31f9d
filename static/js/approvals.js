/* Approvals by keyboard: j and k walk the list, Enter is the link's own. */

import { resting } from "./hotkeys.js";

const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const by = steps[event.key];
  if (!by || event.shiftKey || resting(event)) return;
  const links = [...document.querySelectorAll(".request-link")];
  const here = links.indexOf(document.activeElement);
  if (here < 0 && event.key.length > 1) return; // arrows scroll until somebody walks
  event.preventDefault();
  links[Math.min(Math.max(here + by, 0), links.length - 1)]?.focus();
});
