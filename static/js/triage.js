/* Triage by keyboard: 1 2 3 h i open a verdict, Enter gives it, Esc leaves it, j and k walk. */

import { resting } from "./hotkeys.js";

const page = () => document.getElementById("triage");
const rows = () => [...document.querySelectorAll("#queue a")];
const current = () => document.querySelector("#queue [aria-current]");
const panel = () => document.getElementById("verdict");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return leave();
  if (event.shiftKey || resting(event)) return;
  const by = { j: 1, k: -1 }[event.key];
  if (by) return walk(by);
  const verdict = document.querySelector(`[data-verdict="${CSS.escape(event.key)}"]`);
  if (verdict) event.preventDefault();
  else return;
  if (verdict.matches("[aria-current]")) begin();
  else verdict.click();
});

function walk(by) {
  const all = rows();
  const next = all[all.indexOf(current()) + by];
  if (!next) return;
  next.focus();
  next.click();
}

/* Where the chosen verdict wants its first word. In a hand one looks first. */
const inHand = window.matchMedia("(width <= 52rem)");

function begin() {
  const first = "[data-first], input:checked, input:not([type=hidden]), select, button[type=submit]";
  panel()?.classList.add("open");
  if (inHand.matches) return;
  const preferred = panel()?.querySelector(".form [data-first]");
  (preferred ?? panel()?.querySelector(`.form :is(${first})`))?.focus({ preventScroll: true });
}

function leave() {
  if (document.querySelector(":popover-open") || !panel()) return;
  panel().classList.remove("open");
  const accept = panel().querySelector('[data-verdict="1"]');
  if (panel().contains(document.activeElement)) current()?.focus();
  if (accept && !accept.matches("[aria-current]")) accept.click();
}

/* Another verdict's form came: begin there, unless it is the one that always stands open. */
document.addEventListener("htmx:after:settle", ({ detail }) => {
  const came = (id) => detail.newContent.some((node) => node.id === id);
  if (came("verdict") && panel()?.matches(".open") && !accepting()) begin();
  if (came("triage")) renewed();
});

const accepting = () => panel().querySelector('[data-verdict="1"][aria-current]');

function renewed() {
  address();
  current()?.scrollIntoView({ block: "nearest" });
  const fault = panel()?.querySelector("[aria-invalid=true], .errorlist");
  if (fault) return begin();
  if (document.activeElement !== document.body) return;
  (page().querySelector("#record-title") ?? page().querySelector("h1"))?.focus();
}

/* The address names the issue that is open; back from there leads to the list. */
function address() {
  const wanted = page().dataset.address;
  if (!wanted) return;
  const step = location.search.includes("issue=") ? "replaceState" : "pushState";
  history[step](null, "", wanted);
}

window.addEventListener("popstate", () => location.reload());

/* A page that was loaded for one verdict. */
if (panel()?.matches(".open")) begin();
