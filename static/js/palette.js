/* The palette: go anywhere by a few letters. Loaded when it is first asked for. */

import { answer } from "./asking.js";

const PATIENCE = 120;
const dialog = document.createElement("dialog");
dialog.className = "palette floating";
dialog.setAttribute("aria-label", "Palette");

let waiting = 0;
let shown = "";
let field;
let list;

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

export async function open() {
  if (dialog.open) return;
  const frame = await answer({ frame: "", q: "" });
  if (frame === undefined || dialog.open) return;
  shown = "";
  dialog.innerHTML = frame;
  field = dialog.querySelector("input");
  list = dialog.querySelector("[role=listbox]");
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  choose(options()[0]);
}

async function look() {
  clearTimeout(waiting);
  const text = field.value;
  const html = await answer({ q: text });
  if (html === undefined) return;
  shown = text;
  list.innerHTML = html;
  choose(options()[0]);
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function step(by) {
  const all = options();
  choose(all.at((all.indexOf(chosen()) + by) % all.length));
}

/* Enter means what is typed now, not what was listed for fewer letters. */
async function enter() {
  if (field.value !== shown) await look();
  if (field.value === shown) chosen()?.click();
}

const pressed = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: enter };

dialog.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, PATIENCE);
});

dialog.addEventListener("keydown", (event) => {
  event.stopPropagation();
  if (event.isComposing || !(event.key in pressed)) return;
  event.preventDefault();
  pressed[event.key]();
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
