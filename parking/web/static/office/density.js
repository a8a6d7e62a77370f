// The height of the rows changes at once; the server is told beside it. Without this script the form does both.
// On the document, because lists replace their head; the choice belongs to the page, which stays.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-density-choice]")) return;
  event.preventDefault();
  const { value } = event.submitter;
  document.body.dataset.density = value;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
  // Where nobody is told, the choice is that of this page alone.
  fetch(form.action, {
    method: "POST",
    body: new FormData(form, event.submitter),
    redirect: "manual",
    keepalive: true,
  }).catch(() => {});
});
