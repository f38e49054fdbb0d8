// The admin's theme choice (localStorage "theme": auto, light, dark) for Bootstrap, set before the
// first paint. The admin's own pages use the same key, so both always look alike.
"use strict";
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const choices = ["auto", "light", "dark"];

  function choice() {
    const kept = localStorage.getItem("theme");
    return choices.includes(kept) ? kept : "auto";
  }

  function apply() {
    const chosen = choice();
    const system = dark.matches ? "dark" : "light";
    root.dataset.theme = chosen;
    root.dataset.bsTheme = chosen === "auto" ? system : chosen;
  }

  function label(button) {
    const text = button.dataset[`label${choice()[0].toUpperCase()}${choice().slice(1)}`];
    button.title = text;
    button.querySelector("[data-theme-label]").textContent = text;
  }

  root.classList.add("js");
  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      label(button);
      button.addEventListener("click", () => {
        const next = choices[(choices.indexOf(choice()) + 1) % choices.length];
        localStorage.setItem("theme", next);
        apply();
        label(button);
      });
    }
  });
})();
