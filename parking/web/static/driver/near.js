// The search form: a choice in it sends it at once. Sorting by distance asks the browser for the place once its button
// is pressed, and puts it into the address.

const form = document.querySelector("[data-find]");
const button = document.querySelector("[data-locate]");
const problem = document.querySelector("[data-not-located]");
const PLACES = 3; // of a degree: about 100 metres, which is enough to choose a car park

form?.addEventListener("change", (event) => {
  if (event.target.matches("select")) form.requestSubmit();
});

function found({ coords }) {
  const near = [coords.latitude, coords.longitude].map((degrees) => degrees.toFixed(PLACES)).join(",");
  const wanted = new URLSearchParams(location.search);
  wanted.set("sort", "distance");
  wanted.set("near", near);
  location.assign(`?${wanted}`);
}

function notFound() {
  button.disabled = false;
  problem.hidden = false;
}

if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    problem.hidden = true;
    navigator.geolocation.getCurrentPosition(found, notFound, { timeout: 10000, maximumAge: 300000 });
  });
}
