/* The inbox by keyboard: e, h and m press the buttons of the record that has the focus. */

import { resting } from "./hotkeys.js";
import "./seen.js";

document.addEventListener("keydown", (event) => {
  if (!"ehm".includes(event.key) || resting(event)) return;
  const row = document.activeElement?.closest(".told") ?? document.querySelector(".told");
  const button = row?.querySelector(`[data-deed="${event.key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
