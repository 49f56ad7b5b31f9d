/* Columns: the rail that opens, pages that never repeat a card, the switcher of a phone. */

import { board, cardOf } from "./cards.js";

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("#board :is(.rail, .column-toggle)");
  if (!toggle) return;
  event.preventDefault();
  toggle.closest(".column").classList.toggle("rail");
});

/* While somebody scrolled, a card of the next page may have come by another way. */
document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  if (!ctx.sourceElement.matches?.(".more")) return;
  for (const card of tasks[0].fragment.querySelectorAll(".card")) {
    if (cardOf(card.id)) card.remove();
  }
});

let watcher;

function watch() {
  watcher?.disconnect();
  if (!document.getElementById("switch")) return;
  watcher = new IntersectionObserver(mark, { root: board(), threshold: 0.6 });
  for (const column of board().querySelectorAll(".column")) watcher.observe(column);
}

function mark(entries) {
  for (const { target, isIntersecting } of entries) {
    const tab = document.querySelector(`#switch [href="#${target.id}"]`);
    tab?.toggleAttribute("aria-current", isIntersecting);
    if (isIntersecting) tab?.scrollIntoView({ block: "nearest", inline: "center" });
  }
}

document.addEventListener("htmx:after:settle", ({ detail }) => {
  for (const node of detail.newContent) {
    if (node.id === "board-area") watch();
    if (node.matches?.(".column-head")) recount(node);
  }
});

function recount(head) {
  const number = document.querySelector(`#switch [href="#col-${head.id.slice(2)}"] b`);
  if (number) number.textContent = head.querySelector(".count").firstChild.textContent;
}

watch();
