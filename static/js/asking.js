/* What the palette shows for a few letters: only the newest question is answered. */

const PATH = "/palette/";
let asking = new AbortController();

export async function answer(said) {
  asking.abort();
  asking = new AbortController();
  const on = document.querySelector("#drawer:not([hidden]) [data-issue], main [data-issue]");
  const query = new URLSearchParams({ ...said, on: on?.dataset.issue ?? "" });
  try {
    const response = await fetch(`${PATH}?${query}`, { signal: asking.signal });
    if (response.redirected) location.reload();
    return response.ok && !response.redirected ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
