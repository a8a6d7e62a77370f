// Sorting by distance: asks the browser for the place once the button is pressed, and puts it into the address.

const button = document.querySelector("[data-locate]");
const problem = document.querySelector("[data-not-located]");
const PLACES = 3; // of a degree: about 100 metres, which is enough to choose a car park

function found({ coords }) {
  const near = [coords.latitude, coords.longitude].map((degrees) => degrees.toFixed(PLACES)).join(",");
  location.assign(`?sort=distance&near=${near}`);
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
