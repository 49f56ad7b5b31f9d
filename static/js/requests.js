/* What every htmx request carries, and what is said when one fails. */

import { complain } from "./toast.js";

const SAFE = /^(GET|HEAD|OPTIONS|TRACE)$/;
const SHOWN_BY_THE_PAGE = [409, 422];

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (SAFE.test(ctx.request.method)) return;
  ctx.request.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf]").content;
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status >= 400 && !SHOWN_BY_THE_PAGE.includes(status)) complain(explained(status));
});

document.addEventListener("htmx:error", () => {
  complain("No connection to emdesk. Nothing was changed; try again.");
});

function explained(status) {
  if (status === 401) return "You were signed out. Load the page again to sign in.";
  if (status === 403) return "You may not do that. Load the page again if you could before.";
  if (status === 404) return "That is gone, or not yours to see. Load the page again.";
  if (status === 429) return "Too many requests at once. Wait a moment and try again.";
  return "emdesk could not do that. Nothing was changed; try again.";
}

/* The filter's answer has an address of its own, without the fields nobody filled in. */
const isFilter = ({ sourceElement }) => sourceElement?.id === "filters";

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!isFilter(ctx)) return;
  const { body } = ctx.request;
  for (const [name, value] of [...body]) if (!value) body.delete(name);
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isFilter(ctx) && !history.state) history.replaceState(null, "", ctx.request.action);
});
