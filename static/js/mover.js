/* What opens by a press: the bell's newest notices, and the Move menu: every column, with a key, or with the reason why not. */

import { byEm, cardOf, link, mayLeave, urlOf } from "./cards.js";
import { move } from "./move.js";
import { placeBeside } from "./floating.js";

const mover = document.getElementById("mover");
const choices = () => [...mover.querySelectorAll("button")];

export async function openMover(card) {
  const opener = card.querySelector(".mover-link");
  if (!mayLeave(card)) return;
  const url = urlOf(card, byEm() ? "assign" : "move");
  await window.htmx.ajax("GET", url, { source: opener, target: mover });
  if (mover.querySelector("form")?.dataset.card !== card.id) return;
  mover.showPopover();
  placeBeside(mover, opener);
  mover.querySelector("button:not([aria-disabled=true])")?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("#board .mover-link");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openMover(opener.closest(".card"));
});

mover?.addEventListener("submit", (event) => {
  event.preventDefault();
  const card = cardOf(event.target.dataset.card);
  mover.hidePopover();
  if (!card) return;
  link(card).focus();
  move(card, event.submitter.value);
});

mover?.addEventListener("keydown", (event) => {
  const all = choices();
  const at = all.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) all.at((at + step) % all.length).focus();
  else if (/^[1-9]$/.test(event.key)) all[event.key - 1]?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const bell = event.target.closest("[data-bell]");
  if (!bell || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  import("./bell.js").then((module) => module.open(bell));
});
