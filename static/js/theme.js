/* The theme changes at once; the server remembers it. */

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const chosen = event.submitter;
  const answer = new FormData(form, chosen);
  fetch(form.action, { method: "POST", body: answer, redirect: "manual", keepalive: true });
  document.documentElement.dataset.theme = chosen.value;
  for (const button of form.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", button === chosen);
  }
});
