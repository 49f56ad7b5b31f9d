/* Cells are saved as they are typed, one request at a time; what is typed meanwhile goes next. */

import { complain } from "./toast.js";

const PAUSE = 600;
const typed = new Map(); // by name: what the cell showed before
let timer = 0;
let last = Promise.resolve();

export const form = () => document.getElementById("sheet");
const cell = (name) => form().elements[name];

/* A cell was typed into: it is saved in a moment. */
export function note(input) {
  if (!typed.has(input.name)) typed.set(input.name, input.defaultValue);
  document.getElementById("saved").textContent = "";
  clearTimeout(timer);
  timer = setTimeout(settled, PAUSE);
}

/* A cell was left: it is saved now. */
export function settled() {
  clearTimeout(timer);
  if (typed.size) deed({ do: "save" });
}

/* Something is done with the sheet, after all that was typed so far. */
export function deed(said) {
  last = last.then(() => send(said)).catch(failed);
  return last;
}

async function send(said) {
  const sent = new Map();
  const body = new FormData();
  body.set("token", document.getElementById("token").value);
  for (const [name, value] of Object.entries(said)) body.set(name, value);
  for (const [name, was] of typed) {
    if (!cell(name)) continue;
    sent.set(name, was);
    body.set(name, cell(name).value);
    body.set(`w${name.slice(1)}`, was);
  }
  if (said.do === "save" && !sent.size) return;
  const token = document.querySelector("meta[name=csrf]").content;
  const headers = { "HX-Request": "true", "X-CSRFToken": token };
  const answer = await fetch(form().action, { method: "POST", body, headers, redirect: "error" });
  if (![200, 409, 422].includes(answer.status)) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const refused = !page.getElementById("token") || answer.status === 409;
  if (!refused) for (const name of sent.keys()) done(name, body.get(name));
  const { apply } = await import("./estimate-answer.js");
  apply(page, typed);
}

/* What was typed since it was sent is still to be saved, over what was sent. */
function done(name, value) {
  const input = cell(name);
  if (!input || input.value === value) typed.delete(name);
  else typed.set(name, value);
  input?.setAttribute("value", value);
}

function failed() {
  complain("The last changes are not saved. They stay in the sheet; check your connection and type on.");
}

/* Forms send all that is typed; whatever else leaves the page asks first. */
let sent = false;
addEventListener("submit", (event) => (sent = !event.defaultPrevented));
addEventListener("beforeunload", (event) => {
  if (typed.size && !sent) event.preventDefault();
});
