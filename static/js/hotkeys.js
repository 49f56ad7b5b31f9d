/* Keys that work on every page. Single letters rest in fields and can be switched off. */

const CHORD = 900;
let leader = 0;

export function resting(event) {
  if (document.documentElement.dataset.keys === "off") return true;
  const composing = event.getModifierState?.("AltGraph");
  if (!composing && (event.ctrlKey || event.metaKey || event.altKey)) return true;
  if (event.defaultPrevented) return true;
  return Boolean(event.target.closest?.("input, textarea, select, [contenteditable]"));
}

const pressed = {
  "?": () => document.getElementById("shortcuts")?.togglePopover(),
  "/": () => [...document.querySelectorAll(".bar [name=q], #filters [name=q]")].at(-1)?.focus(),
  z: () => [...document.querySelectorAll("[data-undo]")].at(-1)?.click(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    import("./palette.js").then((palette) => palette.open());
  }
  if (resting(event)) return;
  const place = Date.now() - leader < CHORD && document.querySelector(`[data-go="${event.key}"]`);
  leader = event.key === "g" ? Date.now() : 0;
  if (place) return place.click();
  const offered = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (offered) return offered.click();
  if (!(event.key in pressed)) return;
  event.preventDefault();
  pressed[event.key]();
});
