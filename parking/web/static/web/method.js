// Of what proves a payment, only the fields of the chosen way are shown.

const FIELDS = {
  CASH: ["tendered"],
  UPI: ["upi_reference"],
  CARD: ["card_last4", "card_approval", "terminal"],
};

for (const choice of document.querySelectorAll('select[name="method"]')) {
  const show = () => showFieldsOf(choice);
  choice.addEventListener("change", show);
  show();
}

function showFieldsOf(choice) {
  const all = Object.values(FIELDS).flat();
  for (const field of all.map((name) => choice.form.elements[name]).filter(Boolean)) {
    const isOfIt = FIELDS[choice.value]?.includes(field.name) ?? false;
    field.closest(".field").hidden = !isOfIt;
  }
  for (const shown of choice.form.querySelectorAll("[data-for-method]")) {
    shown.hidden = shown.dataset.forMethod !== choice.value;
  }
}
