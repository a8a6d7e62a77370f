// A list is searched, sorted and paged without reloading the page: htmx fetches the same address and puts
// its #list in the place of ours. Without this script the links and forms do the same by themselves.

import htmx from "../vendor/htmx.js";

const openWhole = ({ pathInfo }) => location.assign(pathInfo.finalRequestPath ?? pathInfo.requestPath);

// A page without a list, such as a refusal, is shown as what it is.
let wasPaging = false;
htmx.on("htmx:beforeSwap", ({ detail }) => {
  wasPaging = document.activeElement?.closest(".pages") != null;
  if (detail.xhr.responseText.includes('id="list"')) return;
  detail.shouldSwap = false;
  openWhole(detail);
});

// Without a connection the browser says so, as for every other link.
htmx.on("htmx:sendError", ({ detail }) => openWhole(detail));

// On a phone the row of saved views is wider than the screen: the present one is in sight.
function showView() {
  const view = document.querySelector(".views [aria-current]");
  const row = view?.parentElement;
  if (row) row.scrollLeft += view.getBoundingClientRect().left - row.getBoundingClientRect().left;
}
showView();

htmx.on("htmx:afterSettle", () => {
  showView();
  // Announces the new position in the list to screen readers, which notice no other change.
  const said = document.querySelector("[data-list-said]");
  const where = document.querySelector("#list [data-list-where]");
  if (said && where) said.textContent = where.textContent;
  // htmx gives the focus back to the same link. At an end of the list that link is gone, and another one gets it.
  const isLost = wasPaging && document.activeElement === document.body;
  if (isLost) document.querySelector("#list .pages a")?.focus({ preventScroll: true });
});
