// The button says what the booking of the chosen vehicle costs: kinds of vehicle may have prices of their own.

const form = document.querySelector("[data-booking]");

function showFee() {
  const chosen = form.querySelector("[name=vehicle]:checked");
  const isNew = !chosen || chosen.value === "new";
  const kind = isNew ? form.elements.vehicle_kind.value : chosen.dataset.kind;
  const labels = [...form.querySelectorAll("[data-for-kind]")];
  const known = labels.some((label) => label.dataset.forKind === kind) ? kind : labels[0].dataset.forKind;
  for (const label of labels) label.hidden = label.dataset.forKind !== known;
}

form?.addEventListener("change", showFee);
if (form) showFee();
