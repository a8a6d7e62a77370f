// What every page does: parts that poll for updates, the menu, confirmation of steps that cannot be undone,
// and the service worker.

import "./drafts.js";
import { startLive } from "./live.js";
import "./menus.js";

startLive(document);

// On a phone the row of pages is wider than the screen: the present one is in sight.
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A refused form opens at its summary. The browser scrolls to it as soon as it is there, which on a slow device is
// before what stands below it: then the page ended with it, and it stayed at the lower edge.
const summary = document.querySelector(".error-summary");
const showSummary = () => summary === document.activeElement && summary.scrollIntoView({ block: "nearest" });
if (summary) {
  showSummary();
  addEventListener("load", showSummary, { once: true });
}

// --- Menus close on a click elsewhere, and at Escape ------------------------------------------

const openMenus = () => document.querySelectorAll("[data-menu][open]");
addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// --- Dialogs: a button with data-opens="id" opens one, a button with data-closes closes it ------------

addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  event.target.closest?.("[data-closes]")?.closest("dialog")?.close();
  if (event.target.closest?.("[data-print]")) print();
});

// --- Toasts go when they are pressed away; what they say stands on the page too ----------------------------

addEventListener("click", (event) => {
  event.target.closest?.("[data-dismiss]")?.closest("[data-toast]")?.remove();
});

// --- A form is sent once, however often the button is pressed ------------------------------------------

addEventListener("submit", (event) => {
  const form = event.target;
  // Not `form.method`: some forms have a field of that name.
  if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// --- Connection ------------------------------------------------------------------------------------

const note = document.querySelector("[data-offline-note]");
const showConnection = () => {
  if (note) note.hidden = navigator.onLine;
};
addEventListener("online", showConnection);
addEventListener("offline", showConnection);
showConnection();

// --- Tickets and gate without network --------------------------------------------------------------

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => {
    // Without one the pages work as long as there is a network.
  });
}
