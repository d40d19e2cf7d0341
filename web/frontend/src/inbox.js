// SPDX-License-Identifier: EUPL-1.2
/** Keyboard of the inbox: j/k move, Enter opens, c claims, / searches, ? explains. Everything works without it. */

const SELECTED = "amt-tasklist__row--selected";

/** A single letter typed into a field is text, and letters with Ctrl, Alt or Cmd belong to the browser. */
function isTyping(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog");
}

function select(rows, step) {
  const now = rows.findIndex((row) => row.classList.contains(SELECTED));
  const next = Math.min(rows.length - 1, Math.max(0, now + step));
  rows.forEach((row, index) => row.classList.toggle(SELECTED, index === next));
  rows[next]?.querySelector("a")?.focus();
}

function claim(rows) {
  const selected = rows.find((row) => row.classList.contains(SELECTED));
  const place = rows.length ? selected : document;
  place?.querySelector("[data-claim]")?.click();
}

export function startInbox() {
  if (!document.querySelector("[data-inbox], [data-task-page]")) return;
  const rows = [...document.querySelectorAll("[data-task]")];
  const keys = document.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  rows.forEach((row) => {
    row.addEventListener("focusin", () => rows.forEach((other) => other.classList.toggle(SELECTED, other === row)));
  });
  const actions = {
    j: () => select(rows, 1),
    k: () => select(rows, -1),
    c: () => claim(rows),
    "/": () => document.querySelector("#suche")?.focus(),
    "?": () => keys && (keys.open = !keys.open),
  };
  document.addEventListener("keydown", (event) => {
    const act = actions[event.key];
    if (!act || isTyping(event)) return;
    event.preventDefault();
    act();
  });
}
