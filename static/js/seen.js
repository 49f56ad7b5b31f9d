/* What is opened is no longer unread. */

function seen({ target }) {
  const link = target.closest?.("a[data-seen]");
  const row = link?.closest(".told.unread");
  if (!row) return;
  const form = row.querySelector("form");
  const said = new FormData(form);
  said.set("deed", "seen");
  fetch(form.action, { method: "POST", body: said, headers: { "X-Quietly": "1" }, keepalive: true });
}

document.addEventListener("click", seen);
document.addEventListener("auxclick", seen);
