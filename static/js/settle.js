/* How cards change place: lent before the server agrees, settled where its answer says. */

import { link, listFor } from "./cards.js";

const RING = 1600;
const origins = new Map();

/* Puts a card in another column before the server has agreed. */
export function lendTo(card, column) {
  const list = listFor(card, column);
  if (!list) return;
  origins.set(card.id, { list: card.parentElement, next: card.nextElementSibling });
  keepingFocus(card, () => list.prepend(card));
}

/* Brings a card where its own state says it belongs; one that belongs nowhere here goes. */
export function settle(card) {
  const list = listFor(card);
  const origin = origins.get(card.id);
  origins.delete(card.id);
  if (!list) return card.remove();
  if (card.parentElement === list) return;
  const back = origin?.list === list && origin.next?.parentElement === list;
  keepingFocus(card, () => list.insertBefore(card, back ? origin.next : list.firstChild));
}

/* The server did not answer with a card, so this one goes back. */
export function release(card) {
  if (!card.isConnected) return;
  card.classList.remove("busy");
  settle(card);
}

export function ring(card) {
  card.classList.add("fresh");
  setTimeout(() => card.classList.remove("fresh"), RING);
}

function keepingFocus(card, change) {
  const focused = card.contains(document.activeElement);
  change();
  if (focused) link(card).focus();
}

/* A swap must not take the focus from the card it replaces, nor from the toast that undid it. */
let focused = "";

document.addEventListener("htmx:before:swap", () => {
  const near = document.activeElement?.closest(".card, [data-card]");
  focused = near?.dataset.card ?? near?.id ?? "";
});

document.addEventListener("htmx:after:settle", ({ detail }) => {
  for (const node of detail.newContent) {
    if (!node.matches?.("#board .card")) continue;
    settle(node);
    if (node.id === focused && document.activeElement === document.body) link(node).focus();
  }
});
