/* The form that opens below a deal: a copy of the page's template, filled from the row. */

const kinds = { word: "judges", date: "advances" };

export const groupOf = (node) => node.closest?.("#deals tbody");

/* Opens it if this person may; Grey needs no rationale and is sent at once. */
export function edit(group, kind, colour) {
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
  const weeks = "own" in said && weeksBefore(said.closes);
  for (const note of form.querySelectorAll("[data-weeks]")) {
    note.hidden = Number(note.dataset.weeks) !== weeks;
  }
}

/* The week before its close date a deal stands in; 1 is the last. */
function weeksBefore(closes) {
  const today = Date.parse(new Date().toISOString().slice(0, 10));
  return Math.ceil((Date.parse(closes) - today) / 604_800_000);
}

export function close(editor) {
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
let last = "";

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const group = groupOf(ctx.sourceElement);
  if (group) last = `d${group.dataset.deal}`;
});

document.addEventListener("htmx:after:settle", () => {
  if (document.activeElement !== document.body) return;
  const faulty = document.querySelector(".editor:has([role=alert])");
  if (faulty) faulty.querySelector("textarea, [type=date]").focus();
  else document.getElementById(last)?.focus();
});
