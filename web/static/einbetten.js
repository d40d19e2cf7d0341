// SPDX-License-Identifier: EUPL-1.2
// Puts the town's online services into another page of the town, without a frame:
//   <div data-amtsfluss-leistungen><a href="https://portal.example">Leistungen online</a></div>
//   <script src="https://portal.example/static/einbetten.js" async></script>
// Whoever has no scripts keeps the link that stands inside.
(() => {
  const portal = new URL(document.currentScript.src).origin;
  const places = document.querySelectorAll("[data-amtsfluss-leistungen]");
  if (!places.length) return;
  fetch(`${portal}/leistungen.json`)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then(({ leistungen }) => places.forEach((place) => place.replaceChildren(list(leistungen))))
    .catch(() => {});

  function list(services) {
    const all = document.createElement("ul");
    all.className = "amtsfluss-leistungen";
    services.forEach((service) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = service.adresse;
      link.textContent = service.titel;
      item.append(link, `: ${service.kurz}`);
      all.append(item);
    });
    return all;
  }
})();
