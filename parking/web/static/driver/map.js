// The map beside the list: a marker for each zone that has a place, with the words of its card.

import L from "../vendor/leaflet/leaflet.js";

const box = document.querySelector("[data-map]");
const cards = () => [...document.querySelectorAll("[data-place]")];

const pointOf = (card) => card.dataset.place.split(",").map(Number);

function markerOf(card) {
  const label = `${card.dataset.name}: ${card.querySelector(".free").textContent.trim().replace(/\s+/g, " ")}`;
  const words = document.createElement("span");
  words.className = card.matches(".zone-full") ? "pin pin-full" : "pin";
  words.textContent = card.querySelector(card.matches(".zone-full") ? ".free strong" : ".zone-cost").textContent.trim();
  const icon = L.divIcon({ html: words, className: "pin-place", iconSize: [72, 32], iconAnchor: [36, 32] });
  const marker = L.marker(pointOf(card), { icon, alt: label, title: label, keyboard: true });
  return marker.on("click", () => location.assign(card.dataset.address));
}

if (box && cards().length > 0) {
  box.hidden = false;
  const map = L.map(box, { scrollWheelZoom: false });
  // A map has no markers before it has a view.
  map.fitBounds(L.latLngBounds(cards().map(pointOf)).pad(0.3), { maxZoom: 17 });
  L.tileLayer(box.dataset.tiles, { attribution: box.dataset.credit, maxZoom: 19 }).addTo(map);
  const markers = L.featureGroup().addTo(map);
  const draw = () => {
    markers.clearLayers();
    for (const card of cards()) {
      const marker = markerOf(card).addTo(markers);
      // Leaflet makes a marker that the keyboard reaches, and gives it no name but a title.
      marker.getElement().setAttribute("aria-label", marker.options.alt);
      marker.getElement().setAttribute("role", "link");
    }
  };
  draw();
  addEventListener("live", draw);
}
