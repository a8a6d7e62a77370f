// The buttons above a receipt: print, and back to the page before.

const print = document.querySelector("[data-print]");
print.hidden = false;
print.addEventListener("click", () => window.print());

// The link leads to a page that always fits; the page that the person came from is better.
document.querySelector("[data-back]").addEventListener("click", (event) => {
  if (!document.referrer.startsWith(`${location.origin}/`) || history.length < 2) return;
  event.preventDefault();
  history.back();
});
