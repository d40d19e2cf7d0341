// SPDX-License-Identifier: EUPL-1.2
// What scripts say, in the language of the page.
const english = {
  "Ort gewählt:": "Place chosen:",
  "Ihr Standort wird gesucht.": "Looking for your location.",
  "Ihr Standort war nicht zu bekommen. Klicken Sie auf die Karte oder beschreiben Sie den Ort.":
    "Your location could not be found. Click on the map or describe the place.",
  "Das hat nicht geklappt. Versuchen Sie es noch einmal oder nehmen Sie Ihr Passwort.":
    "That did not work. Try again or use your password.",
  "Kopiert.": "Copied.",
};

export const say = (sentence) => (document.documentElement.lang === "en" && english[sentence]) || sentence;
