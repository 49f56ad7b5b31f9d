/* The newest notices in a popover of the bell. Loaded when it is first asked for. */

import { placeBeside } from "./floating.js";
import "./seen.js";

const JUST_CLOSED = 300;
const panel = document.createElement("div");
panel.className = "floating newest";
panel.popover = "auto";
panel.setAttribute("role", "dialog");
panel.setAttribute("aria-label", "Newest notices");

let bell;
let closedAt = -JUST_CLOSED;

/* A press on the bell closes an open popover before its click arrives. */
panel.addEventListener("beforetoggle", ({ newState }) => {
  if (newState === "closed") closedAt = performance.now();
});

export async function open(pressed) {
  if (performance.now() - closedAt < JUST_CLOSED) return;
  bell = pressed;
  document.body.append(panel);
  if (!(await fill())) return location.assign(bell.href);
  panel.showPopover();
  placeBeside(panel, bell);
  panel.querySelector("a").focus();
}

async function fill() {
  const answer = await fetch(bell.dataset.bell).catch(() => undefined);
  if (!answer?.ok || answer.redirected) return false;
  panel.innerHTML = await answer.text();
  count(panel.querySelector("[data-unread]").dataset.unread);
  return true;
}

function count(unread) {
  const number = [...bell.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (number) number.data = unread;
}

panel.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { target: form, submitter } = event;
  const said = new FormData(form, submitter);
  const answer = await fetch(form.action, { method: "POST", body: said, headers: { "X-Quietly": "1" } });
  if (!answer.ok || !(await fill())) return location.assign(bell.href);
  panel.querySelector("button, a").focus();
});
