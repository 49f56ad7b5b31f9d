/* What others changed comes in by itself, and waits while a card is in hand. */

import { board, cardOf, held, link, listFor } from "./cards.js";
import { ring, settle } from "./settle.js";

const EVERY = 8000;
let asking = false;

async function look() {
  const source = board()?.dataset.changes;
  if (!source || document.hidden || asking || held()) return;
  asking = true;
  try {
    const url = new URL(source, location.href);
    url.searchParams.set("since", document.getElementById("cursor").value);
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, redirect: "error" });
    if (answer.status === 200) apply(await answer.text());
    if (answer.status === 205 && !held()) location.reload();
    mark(answer.ok);
  } catch {
    mark(false);
  } finally {
    asking = false;
  }
}

function apply(html) {
  if (held()) return;
  const news = new DOMParser().parseFromString(html, "text/html");
  for (const gone of news.querySelectorAll("[data-gone]")) cardOf(gone.dataset.gone)?.remove();
  for (const card of news.querySelectorAll(".card")) renew(document.adoptNode(card));
  for (const part of news.querySelectorAll(".column-head, #cursor")) {
    document.getElementById(part.id)?.replaceWith(document.adoptNode(part));
  }
}

function renew(card) {
  const old = cardOf(card.id);
  if (old && !newer(card, old)) return;
  const focused = old?.contains(document.activeElement);
  ring(card);
  if (old) {
    old.replaceWith(card);
    settle(card);
  } else {
    listFor(card)?.prepend(card);
  }
  if (focused && card.isConnected) link(card).focus({ preventScroll: true });
}

/* One's own move comes back too, and an answer may be older than a move made meanwhile. */
const newer = (card, old) =>
  card.dataset.rev !== old.dataset.rev && Number(card.dataset.seen) >= Number(old.dataset.seen);

function mark(on) {
  const sign = document.getElementById("live");
  if (!sign) return;
  sign.textContent = on ? "Live" : "Not live";
  sign.classList.toggle("off", !on);
}

setInterval(look, EVERY);
for (const moment of ["visibilitychange", "dragend"]) document.addEventListener(moment, look);
window.addEventListener("focus", look);
