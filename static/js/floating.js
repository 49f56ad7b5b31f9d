/* Where a popover stands: beside what opened it on wide screens, at the bottom on a phone. */

const GAP = 8;
const wide = window.matchMedia("(width > 40rem)");

export function placeBeside(popover, opener) {
  popover.style.inset = "";
  if (!wide.matches) return;
  const { left, bottom } = opener.getBoundingClientRect();
  const within = (at, size, room) => Math.max(GAP, Math.min(at, room - size - GAP));
  const x = within(left, popover.offsetWidth, window.innerWidth);
  const y = within(bottom + 4, popover.offsetHeight, window.innerHeight);
  popover.style.inset = `${y}px auto auto ${x}px`;
}
