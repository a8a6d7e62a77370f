// Light, dark, or as the device says. A classic script in the head, so that it is done before the first paint.
(() => {
  const wanted = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      const kept = localStorage.getItem("theme");
      return ["light", "dark"].includes(kept) ? kept : "";
    } catch {
      return ""; // storage is closed to us: the device decides
    }
  };
  const apply = () => {
    const theme = chosen() || (wanted.matches ? "dark" : "light");
    document.documentElement.dataset.bsTheme = theme;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
    }
    dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  };
  apply();
  wanted.addEventListener("change", apply);
  addEventListener("DOMContentLoaded", apply);
  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice], [data-theme-switch]");
    if (!button) return;
    const other = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", button.dataset.themeChoice ?? other);
    } catch {
      return;
    }
    apply();
  });
})();
