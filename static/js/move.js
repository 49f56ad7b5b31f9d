/* One move: shown at once, asked of the server, taken back when refused. */

import { byEm, cardOf, mayGo, placeOf, urlOf } from "./cards.js";
import { lendTo, release, ring } from "./settle.js";
import { ask, asksFor } from "./sheet.js";

export async function move(card, column) {
  if (column === placeOf(card) || card.classList.contains("busy")) return;
  if (mayGo(card, column)) lendTo(card, column);
  if (byEm()) await post(card, "assign", { em: column });
  else await post(card, "move", { to: column, seen: card.dataset.seen });
  if (asksFor(card)) return ask(card);
  release(card);
  const now = cardOf(card.id);
  if (now) ring(now);
}

export async function toggleStatus(card) {
  if (card.classList.contains("busy")) return;
  await post(card, "status", { toggle: 1 });
  release(card);
}

async function post(card, deed, values) {
  card.classList.add("busy");
  const options = { source: card, target: card, swap: "none", values };
  await window.htmx.ajax("POST", urlOf(card, deed), options);
}
