// SPDX-License-Identifier: EUPL-1.2
// Every page works without this file. It only makes the same pages quicker and kinder.
import { say } from "./words.js";
import { startInbox } from "./inbox.js";
import { offerMaps } from "./maps.js";
import { offerPasskeys } from "./passkeys.js";

/** The summary of errors, or whatever a page marks, is read first. */
function focusMarked() {
  document.querySelector("[data-autofocus]")?.focus();
}

/** A second click must not send a form twice. The pressed button's value still travels with the form. */
function preventDoubleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // After this event: a button that is disabled now would not be sent along.
    setTimeout(() => form.querySelectorAll("button[type=submit], button:not([type])").forEach(markBusy), 0);
  });
  // The browser's back button shows the page as it was left; it must be usable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });
}

function markBusy(button) {
  button.setAttribute("aria-disabled", "true");
}

/** `<button data-copy="#id">` copies that element's text and says so to everyone, screen readers too. */
function offerCopying() {
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
      const status = document.querySelector(button.dataset.copyStatus);
      if (status) status.textContent = say("Kopiert.");
    });
  });
}

/** `<button data-print hidden>` prints the page. */
function offerPrinting() {
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}

/** Links of the Camunda Modeler name a case or a task behind the #, which no server sees. */
function followForeignLink() {
  const found = /^#\/(process-instance)\/([\w-]+)/.exec(location.hash) || /^#\/\?(?:.*&)?(task)=([\w-]+)/.exec(location.hash);
  if (found) location.replace(`/camunda/app/cockpit/default/${found[1]}/${found[2]}`);
}

followForeignLink();
focusMarked();
preventDoubleSubmit();
offerCopying();
offerPrinting();
offerPasskeys();
offerMaps();
startInbox();
