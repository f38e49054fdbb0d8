// What the pages do beyond htmx: everything here is a comfort; without it the pages still work.
"use strict";
(() => {
  const PAUSED = "ops-paused";
  const HIDDEN_FACTOR = 5; // a hidden tab asks once in so many times
  let ticks = 0;

  const paused = () => sessionStorage.getItem(PAUSED) === "1";

  // Polling rests while the visitor has paused it, and is slower while nobody looks.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.target.matches("[hx-trigger^='every']")) return;
    ticks += 1;
    if (paused() || (document.hidden && ticks % HIDDEN_FACTOR)) event.preventDefault();
  });

  // A fragment never takes away what the visitor holds: focus or selected text.
  function held(target) {
    const selection = document.getSelection();
    const selected = selection && !selection.isCollapsed && selection.containsNode(target, true);
    return target.contains(document.activeElement) || selected;
  }

  function guard(event) {
    const target = event.detail.target;
    if (target && target.id && target.id !== "summary" && held(target)) {
      event.detail.shouldSwap = false;
    }
  }
  document.addEventListener("htmx:beforeSwap", guard);
  document.addEventListener("htmx:oobBeforeSwap", guard);

  // A list that was scrolled stays where it was; one at its end follows its end.
  let scrolls = new Map();
  document.addEventListener("htmx:beforeSwap", () => {
    scrolls = new Map();
    for (const list of document.querySelectorAll("[data-keep-scroll]")) {
      const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
      scrolls.set(list.getAttribute("aria-labelledby"), atEnd ? null : list.scrollTop);
    }
  });
  function scroll() {
    for (const list of document.querySelectorAll("[data-keep-scroll]")) {
      const kept = scrolls.get(list.getAttribute("aria-labelledby"));
      list.scrollTop = kept === null || kept === undefined ? list.scrollHeight : kept;
    }
  }
  document.addEventListener("htmx:afterSettle", scroll);

  // A form that starts something is sent once.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-once]")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-once]")) delete form.dataset.sent;
  });

  // Menus made of <details> close when the visitor clicks elsewhere or presses Escape.
  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.dropdown-plain[open]")) {
      if (menu !== except) menu.open = false;
    }
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null);
  });

  function showPause(button) {
    button.setAttribute("aria-pressed", String(paused()));
  }
  document.addEventListener("DOMContentLoaded", () => {
    scroll();
    for (const button of document.querySelectorAll("[data-pause]")) {
      showPause(button);
      button.addEventListener("click", () => {
        sessionStorage.setItem(PAUSED, paused() ? "0" : "1");
        showPause(button);
      });
    }
  });
})();
