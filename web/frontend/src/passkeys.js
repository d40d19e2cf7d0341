// SPDX-License-Identifier: EUPL-1.2
// Carries a question of the town to the person's device, and its answer into the form that is sent.
import { say } from "./words.js";

/** `<form data-passkey="create|get" data-options="…">`: shown where the browser knows passkeys. */
export function offerPasskeys() {
  const known = window.PublicKeyCredential;
  if (!known?.parseCreationOptionsFromJSON || !known.parseRequestOptionsFromJSON) return;
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    document.querySelectorAll("[data-passkey-missing]").forEach((note) => (note.hidden = true));
    form.addEventListener("submit", (event) => askDevice(event, form));
  });
}

async function askDevice(event, form) {
  if (form.elements.antwort.value) return;
  event.preventDefault();
  // Whatever else listens waits for the second sending, which carries the answer.
  event.stopPropagation();
  const status = form.querySelector("[data-passkey-status]");
  status.textContent = "";
  try {
    const credential = await ask(form.dataset.passkey, JSON.parse(form.dataset.options));
    form.elements.antwort.value = JSON.stringify(credential.toJSON());
    form.requestSubmit();
  } catch {
    status.textContent = say("Das hat nicht geklappt. Versuchen Sie es noch einmal oder nehmen Sie Ihr Passwort.");
  }
}

function ask(kind, options) {
  return kind === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}
