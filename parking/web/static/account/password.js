// "Show password": beside the label of the first password of a form, for all passwords of it.

for (const button of document.querySelectorAll("[data-show-password]")) {
  const form = button.form;
  const fields = [...form.querySelectorAll("input[type=password]")];
  const show = (shows) => {
    button.setAttribute("aria-pressed", shows);
    for (const field of fields) field.type = shows ? "text" : "password";
  };
  fields[0]?.closest(".field").append(button);
  button.hidden = fields.length === 0;
  button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
  // Browsers offer to keep only what is sent from a field for passwords.
  form.addEventListener("submit", () => show(false));
}
