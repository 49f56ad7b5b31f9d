/* Dragging a card to a column. Within a column the server keeps the order. */

import { board, mayLeave, ZONE } from "./cards.js";
import { darken, hover, light } from "./lights.js";
import { move } from "./move.js";

const EDGE = 70;
const STEP = 14;
let dragged = null;
let drift = 0;

const columnUnder = (event) => dragged && event.target.closest?.(ZONE);

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("#board .card");
  if (!card) return;
  if (!mayLeave(card)) return event.preventDefault();
  dragged = card;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector(".reference").textContent);
  afterNextPaint(() => dragged && light(dragged));
});

/* The hand sees its card first. Events of the mouse come just before the frame they are painted in. */
function afterNextPaint(deed) {
  requestAnimationFrame(() => requestAnimationFrame(deed));
}

document.addEventListener("dragover", (event) => {
  const column = columnUnder(event);
  if (!column) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  hover(column);
  driftAt(event.clientX);
});

document.addEventListener("drop", (event) => {
  const column = columnUnder(event);
  if (!column) return;
  event.preventDefault();
  const card = dragged;
  end();
  move(card, column.dataset.column);
});

document.addEventListener("dragend", end);

function end() {
  if (!dragged) return;
  darken(dragged);
  dragged = null;
  drift = 0;
}

function driftAt(x) {
  const { left, right } = board().getBoundingClientRect();
  const still = drift === 0;
  drift = x < left + EDGE ? -STEP : x > right - EDGE ? STEP : 0;
  if (still && drift) requestAnimationFrame(scroll);
}

function scroll() {
  if (!drift) return;
  board().scrollLeft += drift;
  requestAnimationFrame(scroll);
}
