// SPDX-License-Identifier: EUPL-1.2
// The map for places: loaded only where a page has one. Without a tile server of the town it shows a plain grid, the
// known reports and a scale; nothing is asked of strangers.
import { say } from "./words.js";
import L from "leaflet";

const ABOUT = "/karte.json";

start();

async function start() {
  const about = await (await fetch(ABOUT)).json();
  document.querySelectorAll("[data-map]").forEach((place) => draw(place, about));
}

function draw(place, about) {
  place.hidden = false;
  const canvas = place.querySelector("[data-map-canvas]");
  const map = L.map(canvas, { zoomControl: true, attributionControl: Boolean(about.attribution) });
  const input = place.dataset.input ? document.getElementById(place.dataset.input) : null;
  const chosen = input ? read(input.value) : null;
  map.setView(chosen ?? about.center, chosen ? 18 : about.zoom);
  L.control.scale({ imperial: false }).addTo(map);
  ground(about).addTo(map);
  showKnown(map, about.known, place.dataset.known === "links");
  if (input) offerChoosing(place, map, input, chosen);
}

function ground(about) {
  if (about.tiles) return L.tileLayer(about.tiles, { attribution: about.attribution, maxZoom: 19 });
  const Grid = L.GridLayer.extend({
    createTile() {
      return L.DomUtil.create("div", "amt-map__cell");
    },
  });
  return new Grid({ maxZoom: 20 });
}

function showKnown(map, known, asLinks) {
  known.forEach((report) => {
    const mark = L.circleMarker([report.lat, report.lon], { radius: 8, className: "amt-map__known" }).addTo(map);
    mark.bindTooltip(`${report.art} (${report.nummer})`);
    if (asLinks) mark.on("click", () => (location.hash = report.nummer));
  });
}

function offerChoosing(place, map, input, chosen) {
  const mark = L.circleMarker(chosen ?? map.getCenter(), { radius: 11, className: "amt-map__chosen" });
  const status = place.querySelector("[data-map-status]");
  if (chosen) mark.addTo(map);
  const choose = (where) => {
    mark.setLatLng(where).addTo(map);
    input.value = `${write(where.lat)} ${write(where.lng)}`;
    status.textContent = `${say("Ort gewählt:")} ${input.value}`;
  };
  map.on("click", (event) => choose(event.latlng));
  place.querySelector("[data-map-center]").addEventListener("click", () => choose(map.getCenter()));
  input.addEventListener("change", () => {
    const typed = read(input.value);
    if (typed) mark.setLatLng(typed).addTo(map) && map.setView(typed);
  });
  const here = place.querySelector("[data-map-here]");
  here.hidden = !navigator.geolocation;
  here.addEventListener("click", () => {
    status.textContent = say("Ihr Standort wird gesucht.");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const where = L.latLng(coords.latitude, coords.longitude);
        map.setView(where, 18);
        choose(where);
      },
      () => (status.textContent = say("Ihr Standort war nicht zu bekommen. Klicken Sie auf die Karte oder beschreiben Sie den Ort.")),
    );
  });
}

/** German: 48,648300 */
function write(degrees) {
  return degrees.toFixed(6).replace(".", ",");
}

function read(text) {
  const found = /^\s*(\d+[.,]?\d*)\s*[,;]?\s+(\d+[.,]?\d*)\s*$/.exec(text);
  return found ? L.latLng(Number(found[1].replace(",", ".")), Number(found[2].replace(",", "."))) : null;
}
