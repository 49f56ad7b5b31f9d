/* While a card is in the air: columns it may go to light up, the others say why not. */

import { board, mayGo, placeOf, urlOf, ZONE } from "./cards.js";

const columns = () => document.querySelectorAll(ZONE);

export function light(card) {
  card.classList.add("dragging");
  for (const column of columns()) {
    if (column.dataset.column === placeOf(card)) continue;
    column.classList.add(mayGo(card, column.dataset.column) ? "lit" : "shut");
  }
  if (board().querySelector(".shut")) explain(card);
}

export function hover(column) {
  if (column.classList.contains("over")) return;
  board().querySelector(".over")?.classList.remove("over");
  column.classList.add("over");
}

export function darken(card) {
  card.classList.remove("dragging");
  for (const column of columns()) {
    column.classList.remove("lit", "shut", "over");
    delete column.dataset.why;
  }
}

async function explain(card) {
  const options = { headers: { "HX-Request": "true" } };
  const answer = await fetch(`${urlOf(card, "move")}?reasons=1`, options);
  if (!answer.ok) return;
  const reasons = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!card.classList.contains("dragging")) return;
  for (const reason of reasons.querySelectorAll("[data-to]")) {
    const shut = board().querySelector(`.column.shut[data-column="${reason.dataset.to}"]`);
    if (shut) shut.dataset.why = reason.textContent;
  }
}
