/* The board by keyboard: walk, move, mark. Enter is the card's own link. */

import { board, link, listFor } from "./cards.js";
import { drawerIsOpen, step } from "./drawer.js";
import { resting } from "./hotkeys.js";
import { move, toggleStatus } from "./move.js";
import { openMover } from "./mover.js";

const keys = {
  ArrowDown: (card) => walk(card, 1),
  j: (card) => walk(card, 1),
  ArrowUp: (card) => walk(card, -1),
  k: (card) => walk(card, -1),
  ArrowRight: (card) => cross(card, 1),
  ArrowLeft: (card) => cross(card, -1),
  m: openMover,
  t: toggleStatus,
  "]": (card) => shift(card, 1),
  "[": (card) => shift(card, -1),
};

document.addEventListener("keydown", (event) => {
  if (!board() || event.shiftKey || resting(event)) return;
  const inDrawer = drawerIsOpen() && { "]": 1, "[": -1 }[event.key];
  if (inDrawer) return step(inDrawer);
  const card = event.target.closest?.("#board .card");
  if (card && event.key in keys) {
    event.preventDefault();
    keys[event.key](card);
  } else if (event.key === "j" && [document.body, board()].includes(event.target)) {
    focus(board().querySelector(".card"));
  }
});

function focus(card) {
  if (card) link(card).focus();
}

function walk(card, by) {
  const cards = [...card.parentElement.querySelectorAll(".card")];
  focus(cards[cards.indexOf(card) + by]);
}

function cross(card, by) {
  const lists = [...card.closest(".cells, .board").querySelectorAll(".cards")];
  let at = lists.indexOf(card.parentElement) + by;
  while (lists[at] && !shown(lists[at])) at += by;
  focus(lists[at]?.querySelector(".card"));
}

const shown = (list) => list.checkVisibility() && list.querySelector(".card");

function shift(card, by) {
  const columns = [...board().querySelectorAll(".column")].map((column) => column.dataset.column);
  const next = columns[columns.indexOf(listFor(card).dataset.column) + by];
  if (next) move(card, next);
}

/* Lists that are walked with j and k. Enter follows the link that has the focus. */
document.addEventListener("keydown", (event) => {
  const by = { j: 1, k: -1 }[event.key];
  const links = [...document.querySelectorAll("[data-walk] > li > a:first-of-type")];
  if (!by || !links.length || resting(event)) return;
  const at = links.findIndex((link) => link.parentElement.contains(document.activeElement));
  const next = at < 0 ? links[0] : links[at + by];
  next?.focus();
});
