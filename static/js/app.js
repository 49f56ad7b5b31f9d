/* Everything the pages do by themselves. Each module listens on the document, so what htmx
   brings in later needs no wiring. */

import "./requests.js";
import "./toast.js";
import "./theme.js";
import "./hotkeys.js";
import "./columns.js";
import "./drag.js";
import "./walk.js";
import "./mover.js";
import "./sheet.js";
import "./drawer.js";
import "./live.js";

document.addEventListener("click", async (event) => {
  const bell = event.target.closest("[data-bell]");
  if (!bell || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (await import("./bell.js")).open(bell);
});
