// SPDX-License-Identifier: EUPL-1.2
// Fetches the map, which is large, only for pages that have one.
const SELF = document.currentScript.src;

/** `<div data-map>`: drawn by map.js, beside this file and as old as it. */
export function offerMaps() {
  if (!document.querySelector("[data-map]")) return;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = SELF.replace("app.js", "map.css");
  const script = document.createElement("script");
  script.src = SELF.replace("app.js", "map.js");
  document.head.append(style, script);
}
