/* What an answer changes of the sheet: pieces of the page, cells shown anew, or all lines. */

const PIECES = ["token", "saved", "totals", "said"];

export function apply(page, typed) {
  for (const id of PIECES) {
    const piece = page.getElementById(id);
    if (piece) document.getElementById(id)?.replaceWith(document.adoptNode(piece));
    else if (id === "said") document.getElementById(id).replaceChildren();
  }
  const lines = page.getElementById("lines");
  if (lines) renew(lines, typed);
  const news = page.getElementById("news");
  if (news) tell(news, typed);
  if (page.querySelector(".clash")) document.querySelector(".clash button").focus();
}

/* All lines anew; the cell one is in stays, and what is typed but not saved yet too. */
function renew(lines, typed) {
  const here = document.activeElement?.name ?? "";
  const before = [...typed.keys()].map((name) => [name, document.getElementsByName(name)[0]?.value]);
  const column = here.split(".")[2] ?? "title";
  const goes = lines.dataset.focus ? `c.${lines.dataset.focus}.${column}` : here;
  document.getElementById("lines").replaceWith(document.adoptNode(lines));
  for (const [name, value] of before) {
    const cell = document.getElementsByName(name)[0];
    if (cell && value !== undefined) cell.value = value;
    else typed.delete(name);
  }
  document.getElementsByName(goes)[0]?.focus();
}

function tell(news, typed) {
  for (const row of news.children) {
    const { cell, sum, fault } = row.dataset;
    if (sum) document.getElementById(sum).textContent = row.textContent;
    if (cell) show(document.getElementsByName(cell)[0], row.textContent, typed);
    if (fault) blame(document.getElementsByName(fault)[0], row.textContent);
  }
}

/* As the desk spells it, unless somebody types there right now. */
function show(input, text, typed) {
  if (!input || typed.has(input.name)) return;
  input.removeAttribute("aria-invalid");
  input.nextElementSibling?.matches(".fault") && input.nextElementSibling.remove();
  input.setAttribute("value", text);
  if (input !== document.activeElement) input.value = text;
}

function blame(input, message) {
  if (!input) return;
  input.setAttribute("aria-invalid", "true");
  const said = input.parentElement.querySelector(".fault") ?? document.createElement("span");
  said.className = "fault";
  said.role = "alert";
  said.textContent = message;
  input.after(said);
}
