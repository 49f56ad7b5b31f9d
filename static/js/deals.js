/* Opportunities by keyboard: walk rows, give the EM's word, say it again, set the close date. */

import { resting } from "./hotkeys.js";

const groups = () => [...document.querySelectorAll("#deals tbody")];
const groupOf = (node) => node.closest?.("#deals tbody");
const colours = { g: "green", a: "amber", r: "red", n: "grey" };
const kinds = { word: "judges", date: "advances" };

document.addEventListener("keydown", onKey, true);

/* Before the keys of every page: here g is a colour while a row has the focus. */
function onKey(event) {
  const editor = event.target.closest?.(".editor");
  if (editor) return inEditor(event, editor);
  if (resting(event) || event.shiftKey) return;
  const group = groupOf(document.activeElement);
  const by = { j: 1, k: -1 }[event.key];
  if (by) return answered(event, () => walk(group, by));
  if (!group) return;
  const colour = colours[event.key];
  if (colour) answered(event, () => edit(group, "word", colour));
  else if (event.key === "d") answered(event, () => edit(group, "date"));
  else if (event.key === "s") answered(event, () => group.querySelector("[data-mend=still]")?.click());
}

function answered(event, deed) {
  event.preventDefault();
  deed();
}

function inEditor(event, editor) {
  if (event.key === "Escape") return answered(event, () => close(editor));
  const writing = event.target.matches("textarea, input:not([type=radio])");
  if (event.key === "Enter" && writing && !event.shiftKey && !event.isComposing) {
    answered(event, () => editor.requestSubmit());
  }
}

function walk(group, by) {
  const all = groups();
  const next = all[group ? all.indexOf(group) + by : 0];
  next?.querySelector("th a").focus();
}

function edit(group, kind, colour) {
  if (!(kinds[kind] in group.dataset)) return;
  group.querySelector(".editing")?.remove();
  const form = document.getElementById(`${kind}-editor`).content.cloneNode(true).firstElementChild;
  for (const name of ["action", "hx-post"]) {
    form.setAttribute(name, form.getAttribute(name).replace("/0/", `/${group.dataset.deal}/`));
  }
  if (kind === "word") fillWord(form, group.dataset, colour);
  else form.close_date.value = form["initial-close_date"].value = group.dataset.closes;
  const row = document.createElement("tr");
  row.className = "editing";
  row.insertCell().colSpan = group.rows[0].cells.length;
  row.cells[0].append(form);
  group.append(row);
  window.htmx.process(row);
  if (colour === "grey" && form.checkValidity()) form.requestSubmit();
  else (form.confidence_rationale ?? form.close_date).focus();
}

function fillWord(form, said, colour) {
  form["initial-confidence"].value = said.word;
  form.confidence.value = colour ?? said.word;
  form["initial-confidence_rationale"].value = form.confidence_rationale.value = said.rationale;
  form.querySelector(".why").hidden = "own" in said;
  form.reason.required = !("own" in said);
}

function close(editor) {
  const group = groupOf(editor);
  editor.closest(".editing").remove();
  group.querySelector("th a").focus();
}

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-cancel]");
  if (cancel) return close(cancel.closest(".editor"));
  const link = event.target.closest("#deals [data-edit]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  edit(groupOf(link), link.dataset.edit);
});

/* The row came anew: back to it, or into what was refused. */
document.addEventListener("htmx:after:settle", () => {
  if (document.activeElement !== document.body) return;
  const faulty = document.querySelector(".editor [role=alert]");
  if (faulty) return faulty.closest(".editor").querySelector("textarea, [type=date]").focus();
  document.getElementById(last)?.focus();
});

let last = "";
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const group = groupOf(ctx.sourceElement);
  if (group) last = `d${group.dataset.deal}`;
});
