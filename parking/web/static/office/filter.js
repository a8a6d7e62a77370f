// Fields that were left empty stay out of the address.
// The listener is on the document, because lists replace their filter.

document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("[data-filter]")) return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
