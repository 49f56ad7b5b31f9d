/* An issue beside its board, under its own address. Back closes it. */

import { cardOf, link } from "./cards.js";

const drawer = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
const roomy = window.matchMedia("(width > 40rem)");
const title = document.title;
let opened = "";

export const drawerIsOpen = () => drawer && !drawer.hidden;
const close = () => history.back();

export function step(by) {
  const card = cardOf(opened);
  const cards = [...(card?.parentElement.querySelectorAll(".card") ?? [])];
  const next = cards[cards.indexOf(card) + by];
  if (next) open(next);
}

function open(card) {
  const { href } = link(card);
  history[drawerIsOpen() ? "replaceState" : "pushState"]({ drawer: card.id }, "", href);
  show(card.id, href);
}

async function show(id, href) {
  opened = id;
  drawer.hidden = false;
  document.getElementById("drawer-page").href = href;
  await window.htmx.ajax("GET", href, { source: drawer, target: body });
  if (opened !== id) return;
  body.scrollTop = 0;
  if (!body.querySelector(`[data-issue="${id.slice(1)}"]`)) return close();
  document.title = `${body.querySelector("h1").textContent} · emdesk`;
  drawer.focus();
}

function hide() {
  if (!drawerIsOpen()) return;
  drawer.hidden = true;
  body.replaceChildren();
  document.title = title;
  const card = cardOf(opened);
  opened = "";
  if (card) link(card).focus();
}

document.addEventListener("click", (event) => {
  if (!drawer || event.defaultPrevented || event.button) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const clicked = event.target.closest("#board .card-link");
  if (!clicked || !roomy.matches) return;
  event.preventDefault();
  open(clicked.closest(".card"));
});

drawer?.addEventListener("click", (event) => {
  const stepper = event.target.closest("[data-step]");
  if (stepper) step(Number(stepper.dataset.step));
  if (event.target.closest("[data-close]")) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drawerIsOpen()) return;
  const busy = event.target.closest?.("input, textarea, select");
  if (!busy && !document.querySelector(":popover-open")) close();
});

/* A page loaded under the issue's own address has no board to go back to, so it loads again. */
const here = location.pathname;

window.addEventListener("popstate", (event) => {
  const id = event.state?.drawer;
  if (!drawer) return here === location.pathname || location.reload();
  if (id) show(id, location.href);
  else hide();
});
