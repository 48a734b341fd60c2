/* Small helps for pages that work without it: quantity buttons, no second sending, a polite word. */
(() => {
  "use strict";

  /* The reader's own zone, for times; the server can't know it otherwise. */
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`zone=${zone}`)) {
    document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }

  /* Suggestions come after the page, too: the box searches without them. */
  const find = document.currentScript?.dataset.find;
  if (find) {
    addEventListener("load", () => document.head.append(Object.assign(document.createElement("script"), { src: find })));
  }

  /* Orders can be read without a network; the worker comes after the page, so that it never slows the first one down. */
  const worker = document.currentScript?.dataset.worker;
  if (worker && "serviceWorker" in navigator) {
    window.addEventListener("load", () => navigator.serviceWorker.register(worker).catch(() => undefined));
  }

  /* A page from this device's memory says how old it is. */
  const old = (html) => {
    const words = document.querySelector("[data-kept-words]");
    if (!html.dataset.kept || !words) return;
    const time = words.querySelector("time");
    time.dateTime = html.dataset.kept;
    time.textContent = new Date(html.dataset.kept).toLocaleString(html.lang);
    words.hidden = false;
  };

  const region = () => document.querySelector("[data-announce]");

  const announce = (words) => {
    if (region()) region().textContent = words;
  };

  const words = (button) => button.querySelector("span") ?? button;

  /* A form whose answer came without a new page, or that was taken back from memory, may be sent again. */
  const free = (root) => {
    for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of root.querySelectorAll("[aria-busy][data-words]")) {
      button.removeAttribute("aria-busy");
      words(button).textContent = button.dataset.words;
    }
  };

  /* Filters stand open beside the results where there is room; elsewhere they are a sheet, closed at first. */
  const wide = matchMedia("(width >= 64rem)");
  const rail = (root) => {
    for (const filters of root.querySelectorAll("details.filters")) filters.open = wide.matches;
  };
  wide.addEventListener("change", () => rail(document));

  /* A box whose product didn't fit into the tray is no longer ticked. */
  const untick = (refused) => {
    for (const box of document.querySelectorAll("input[form=compare]")) if (box.value === refused) box.checked = false;
  };

  /* Of tabs that need more room than there is, the one that is open stands in sight. */
  const show = (tab) => {
    const row = tab.parentElement;
    row.scrollLeft += tab.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - tab.offsetWidth) / 2;
  };

  const ready = (root) => {
    if (root.dataset?.refused) untick(root.dataset.refused);
    for (const button of root.querySelectorAll("[data-stepper] [data-by]")) button.hidden = false;
    rail(root);
    for (const tab of root.querySelectorAll(".tabs-tab[aria-current]")) show(tab);
    root.querySelector("[data-errors]")?.focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-stepper] [data-by]");
    if (button) {
      const figure = button.parentElement.querySelector("input");
      const step = Number(figure.step) || 1;
      const least = Number(figure.dataset.least) || 0;
      const now = Number(figure.value) || 0;
      const more = Number(button.dataset.by) > 0;
      const next = more ? (Math.floor(now / step) + 1) * step : (Math.ceil(now / step) - 1) * step;
      figure.value = String(Math.max(next, Math.ceil(least / step) * step));
      figure.dispatchEvent(new Event("change", { bubbles: true }));
      announce(figure.value);
      return;
    }
    for (const open of document.querySelectorAll("details.person[open], details.reader[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const sheet = wide.matches ? "" : ", details.filters[open]";
    for (const open of document.querySelectorAll(`details.person[open], details.reader[open]${sheet}`)) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    const sending = region()?.dataset.sending ?? "…";
    if (button?.classList.contains("button")) {
      button.style.minInlineSize = `${button.offsetWidth}px`;
      button.setAttribute("aria-busy", "true");
      button.dataset.words = words(button).textContent;
      words(button).textContent = sending;
    }
    announce(sending);
  });

  /* The field that is being written stays as it is when an answer draws it anew; leaving it asks, as ever. */
  let writing;
  document.addEventListener("htmx:beforeSwap", () => {
    const place = document.activeElement;
    const unsent = place?.matches("input:not([type=checkbox], [type=radio])[id]") && place.value !== place.defaultValue;
    writing = unsent ? { id: place.id, value: place.value } : undefined;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const place = writing && document.getElementById(writing.id);
    if (!place || place.value === writing.value) return;
    place.value = writing.value;
    writing = undefined;
    place.addEventListener(
      "blur",
      () => place.value !== place.defaultValue && place.dispatchEvent(new Event("change", { bubbles: true })),
      { once: true },
    );
  });

  /* What was typed or chosen while an answer was on its way is put into the answer, where it still has a place. */
  let typed = [];
  const places = (root) => root.matches("[data-keeps-typed]") ? root.querySelectorAll("input[name], select[name]") : [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    typed = [...places(event.detail.target)].filter((place) => place.value).map((place) => [place.name, place.value]);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const [name, value] of typed) {
      const place = [...places(event.detail.target)].find((found) => found.name === name);
      if (!place || (place.options && ![...place.options].some((option) => option.value === value))) continue;
      place.value = value;
    }
    typed = [];
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) free(document);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail?.elt?.closest("form[data-sent]");
    if (form) free(form.parentElement);
  });

  document.addEventListener("DOMContentLoaded", () => {
    old(document.documentElement);
    ready(document);
  });
  document.addEventListener("htmx:load", (event) => ready(event.target));
})();
