// What the pages do beyond htmx: everything here is a comfort; without it the pages still work.
"use strict";
(() => {
  const PAUSED = "ops-paused";
  const HIDDEN_FACTOR = 5; // a hidden tab asks once in so many times
  let ticks = 0;
  let signedOut = false; // then asking again would only be refused again

  const paused = () => sessionStorage.getItem(PAUSED) === "1";

  // Polling rests while the visitor has paused it, and is slower while nobody looks.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.target.matches("[hx-trigger^='every']")) return;
    ticks += 1;
    if (signedOut || paused() || (document.hidden && ticks % HIDDEN_FACTOR)) event.preventDefault();
  });

  // A fragment never takes away what the visitor holds: focus or selected text.
  function held(target) {
    const selection = document.getSelection();
    const selected = selection && !selection.isCollapsed && selection.containsNode(target, true);
    return target.contains(document.activeElement) || selected;
  }

  function guard(event) {
    const target = event.detail.target;
    if (event.detail.xhr && event.detail.xhr.status === 401) {
      signedOut = true;
      return;
    }
    if (target && target.id && target.id !== "summary" && held(target)) {
      event.detail.shouldSwap = false;
    }
  }
  document.addEventListener("htmx:beforeSwap", guard);
  document.addEventListener("htmx:oobBeforeSwap", guard);

  // What was scrolled stays where it was, and a log at its end follows its end; what was opened
  // stays open. Each is known by its label or its id, for the elements themselves are replaced.
  const places = "[data-keep-scroll], .table-wrap";
  const key = (place) => place.getAttribute("aria-labelledby") || place.getAttribute("aria-label");
  let scrolls = new Map();
  let opened = [];
  document.addEventListener("htmx:beforeSwap", () => {
    scrolls = new Map();
    for (const place of document.querySelectorAll(places)) {
      const atEnd = place.scrollTop + place.clientHeight >= place.scrollHeight - 4;
      const top = place.matches("[data-keep-scroll]") && atEnd ? null : place.scrollTop;
      scrolls.set(key(place), { top, left: place.scrollLeft });
    }
    opened = [...document.querySelectorAll("details[open][id]")].map((details) => details.id);
  });
  function scroll() {
    for (const place of document.querySelectorAll(places)) {
      const kept = scrolls.get(key(place)) || { top: null, left: 0 };
      const follows = kept.top === null && place.matches("[data-keep-scroll]");
      place.scrollTop = follows ? place.scrollHeight : kept.top;
      place.scrollLeft = kept.left;
    }
  }
  document.addEventListener("htmx:afterSettle", () => {
    scroll();
    for (const id of opened) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
  });

  // How far a run is, in steps of a quarter, and its end: read out when it changed, and only then.
  const announced = new Map();
  function announce(say) {
    for (const place of document.querySelectorAll("[data-announce]")) {
      const text = place.textContent.trim().replace(/\s+/g, " ");
      if (say && announced.get(place.dataset.announce) !== text) {
        document.getElementById("announcer").textContent = text;
      }
      announced.set(place.dataset.announce, text);
    }
  }
  document.addEventListener("htmx:afterSettle", () => announce(true));

  // A form that starts something is sent once.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-once]")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-once]")) delete form.dataset.sent;
  });

  // Menus made of <details> close when the visitor clicks elsewhere or presses Escape, which gives
  // the focus back to what opened them.
  const menus = "details.dropdown-plain[open], details.tool-menu[open]";
  function closeMenus(except) {
    for (const menu of document.querySelectorAll(menus)) {
      if (menu !== except) menu.open = false;
    }
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement.closest(menus);
    closeMenus(null);
    if (menu) menu.querySelector("summary").focus();
  });

  function showPause(button) {
    button.setAttribute("aria-pressed", String(paused()));
  }
  document.addEventListener("DOMContentLoaded", () => {
    scroll();
    announce(false);
    for (const button of document.querySelectorAll("[data-pause]")) {
      showPause(button);
      button.addEventListener("click", () => {
        sessionStorage.setItem(PAUSED, paused() ? "0" : "1");
        showPause(button);
      });
    }
  });
})();
