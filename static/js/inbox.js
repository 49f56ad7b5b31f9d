/* The inbox by keyboard: e, h and m press the buttons of the record that has the focus. What is
   opened is no longer unread. */

import { resting } from "./hotkeys.js";

document.addEventListener("keydown", (event) => {
  if (!"ehm".includes(event.key) || resting(event)) return;
  const row = document.activeElement?.closest(".told") ?? document.querySelector(".told");
  const button = row?.querySelector(`[data-deed="${event.key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

function seen({ target }) {
  const link = target.closest?.("a[data-seen]");
  const row = link?.closest(".told.unread");
  if (!row) return;
  const form = row.querySelector("form");
  const said = new FormData(form);
  said.set("deed", "seen");
  fetch(form.action, { method: "POST", body: said, headers: { "X-Quietly": "1" }, keepalive: true });
}

document.addEventListener("click", seen);
document.addEventListener("auxclick", seen);
