// SPDX-License-Identifier: EUPL-1.2
/** Keyboard of the inbox: j/k move, Enter opens, c claims, / searches, ? explains. Everything works without it. */

const SWITCHED_OFF = "amt-keys-off";
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

/** The questions that belong to a decision: the server says which, this only asks it as soon as an answer changes. */
function refreshQuestions(form) {
  const written = () => new URLSearchParams(new FormData(form)).toString();
  form.addEventListener("change", async (event) => {
    if (!event.target.matches("input[type=radio], input[type=checkbox], select")) return;
    const sent = written();
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(`${sent}&nur_anzeigen=1`) });
    if (!response.ok || written() !== sent) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-form-fields]");
    if (!fresh || written() !== sent) return;
    const focused = document.activeElement?.id;
    form.querySelector("[data-form-fields]").replaceChildren(...fresh.childNodes);
    document.getElementById(focused)?.focus();
  });
}

/** Who dictates or trembles must be able to do without single-letter keys (WCAG 2.1.4). */
function offerSwitch(button) {
  const show = () => {
    const off = Boolean(localStorage.getItem(SWITCHED_OFF));
    button.textContent = off ? "Tastenkürzel einschalten" : "Tastenkürzel ausschalten";
  };
  button.addEventListener("click", () => {
    if (localStorage.getItem(SWITCHED_OFF)) localStorage.removeItem(SWITCHED_OFF);
    else localStorage.setItem(SWITCHED_OFF, "yes");
    show();
  });
  show();
}

export function startInbox() {
  if (!document.querySelector("[data-inbox], [data-task-page]")) return;
  document.querySelectorAll("form[data-refresh]").forEach(refreshQuestions);
  const rows = [...document.querySelectorAll("[data-task]")];
  const keys = document.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  document.querySelectorAll("[data-keys-switch]").forEach(offerSwitch);
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
    if (!act || isTyping(event) || localStorage.getItem(SWITCHED_OFF)) return;
    event.preventDefault();
    act();
  });
}
