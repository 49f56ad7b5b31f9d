/* Messages: what was done goes by itself after a while, what went wrong stays until dismissed. */

const LASTS = 8000;
const AT_MOST = 3;
const box = document.getElementById("toasts");

/* The polite line for those who listen; emptied first, so that saying it again is heard. */
function say(text) {
  const line = document.getElementById("say");
  line.textContent = "";
  setTimeout(() => (line.textContent = text), 60);
}

export function complain(text) {
  const toast = document.createElement("div");
  toast.className = "toast failed";
  toast.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  const dismiss = document.createElement("button");
  dismiss.className = "btn ghost sm";
  dismiss.dataset.dismiss = "";
  dismiss.textContent = "Dismiss";
  toast.append(words, dismiss);
  box.append(toast);
}

function welcome(toast) {
  if (toast.classList.contains("failed")) return;
  say(toast.querySelector("p").textContent);
  let timer;
  const wait = () => (timer = setTimeout(() => toast.remove(), LASTS));
  const stay = () => clearTimeout(timer);
  for (const start of ["pointerenter", "focusin"]) toast.addEventListener(start, stay);
  for (const end of ["pointerleave", "focusout"]) toast.addEventListener(end, wait);
  wait();
}

function makeRoom() {
  const passing = box.querySelectorAll(".toast:not(.failed)");
  for (const toast of [...passing].slice(0, -AT_MOST)) toast.remove();
}

for (const toast of box.querySelectorAll(".toast")) welcome(toast);

new MutationObserver((changes) => {
  const arrived = changes.flatMap((change) => [...change.addedNodes]);
  arrived.filter((node) => node.classList?.contains("toast")).forEach(welcome);
  makeRoom();
}).observe(box, { childList: true });

box.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
});
