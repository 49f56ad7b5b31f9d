/* The sheet that asks what a move still needs. Cancelling it returns the card. */

import { cardOf, link } from "./cards.js";
import { placeBeside } from "./floating.js";
import { release } from "./settle.js";

const sheet = document.getElementById("sheet");
const form = () => sheet.querySelector("form");

export const asksFor = (card) => form()?.dataset.card === card.id;

export function ask(card) {
  const near = card.checkVisibility() ? card : card.closest(".column");
  sheet.showPopover();
  placeBeside(sheet, near);
  sheet.querySelector(":is(input, select, textarea):not([type=hidden])")?.focus();
}

sheet?.addEventListener("toggle", (event) => {
  if (event.newState !== "closed") return;
  const card = cardOf(form()?.dataset.card);
  sheet.replaceChildren();
  if (!card) return;
  release(card);
  if (document.activeElement === document.body) link(card).focus();
});

/* A form that was answered without being replaced has done its work. */
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (sheet?.contains(ctx.sourceElement)) sheet.hidePopover();
});
