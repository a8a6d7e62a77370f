// Shows beside each typed amount how it is read, grouped as in India: 10000 is ₹10,000.

const inRupees = new Intl.NumberFormat("en-IN", {
  style: "currency",
  currency: "INR",
  trailingZeroDisplay: "stripIfInteger",
});

function show(field) {
  const place = document.querySelector(`[data-rupees-of="${field.id}"]`);
  const typed = field.value.replace(/[,₹\s]/g, "");
  // The server says what is wrong with anything else.
  place.textContent = /^\d{1,9}(\.\d{0,2})?$/.test(typed) ? inRupees.format(typed) : "";
}

for (const field of document.querySelectorAll("[data-rupees]")) {
  show(field);
  field.addEventListener("input", () => show(field));
}
