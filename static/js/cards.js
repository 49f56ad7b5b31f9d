/* What the board knows of its cards: where one belongs and where it may go. */

export const ZONE = "#board > .column, #board .cells > .cards";
export const board = () => document.getElementById("board");
export const cardOf = (id) => document.getElementById(id);
export const byEm = () => board().dataset.by === "em";
export const placeOf = (card) => card.dataset[board().dataset.by];
export const held = () => document.querySelector(".card:is(.dragging, .busy)");
export const link = (card) => card.querySelector(".card-link");
export const urlOf = (card, deed) => `${link(card).pathname}${deed}/`;

/* By state the machine says where a card may go; who may assign at all may assign to anyone. */
export function mayLeave(card) {
  return byEm() ? "assigns" in board().dataset : card.dataset.to !== "";
}

export function mayGo(card, column) {
  if (column === placeOf(card) || !mayLeave(card)) return false;
  return byEm() || card.dataset.to.split(" ").includes(column);
}

export function listFor(card, column = placeOf(card)) {
  const { lanes } = board().dataset;
  const lane = lanes ? `[data-lane="${card.dataset[lanes]}"]` : "";
  return board().querySelector(`.cards[data-column="${column}"]${lane}`);
}
