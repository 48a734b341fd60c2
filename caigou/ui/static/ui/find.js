/* The search box completes what is typed. Without this script it is a box and a button, and searches just as well. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-find]");
  if (!form) return;
  const field = form.querySelector("input");
  const below = form.querySelector(".find-below");
  const list = form.querySelector("[role=listbox]");
  const forget = form.querySelector(".find-forget");
  const listName = list.getAttribute("aria-label");

  /* What was searched for is kept in this browser alone. */
  const KEY = "caigou-searches";
  const MOST = 6;
  /* Milliseconds without a further letter before the server is asked. */
  const PAUSE = 140;

  let at = -1;
  let pause = 0;
  let wanted = false;

  const options = () => [...list.children].filter((one) => one.matches("[role=option]"));

  const announce = (words) => {
    const region = document.querySelector("[data-announce]");
    if (region) region.textContent = words;
  };

  const searches = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  };

  const keep = (words) => {
    const kept = [words, ...searches().filter((one) => one !== words)].slice(0, MOST);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      /* A browser that keeps nothing. */
    }
  };

  const mark = (place) => {
    const all = options();
    at = place;
    all.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    if (at < 0) {
      field.removeAttribute("aria-activedescendant");
    } else {
      field.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
  };

  const open = (name, words) => {
    const many = options().length;
    below.hidden = many === 0;
    field.setAttribute("aria-expanded", String(many > 0));
    list.setAttribute("aria-label", name);
    mark(-1);
    announce(words);
  };

  const close = () => {
    wanted = false;
    clearTimeout(pause);
    below.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  };

  /* An empty box offers what was searched for before. */
  const past = () => {
    const model = form.querySelector("[data-find-past]").content.firstElementChild;
    const lines = searches().map((words, number) => {
      const line = model.cloneNode(true);
      line.id = `find-${number + 1}`;
      line.dataset.words = words;
      line.querySelector(".find-text").textContent = words;
      return line;
    });
    list.replaceChildren(...lines);
    forget.hidden = lines.length === 0;
    open(form.dataset.recent, lines.length ? form.dataset.recent : "");
  };

  const ask = (wait) => {
    clearTimeout(pause);
    wanted = true;
    if (field.value.trim()) pause = setTimeout(() => field.dispatchEvent(new Event("suggest")), wait);
    else past();
  };

  const pick = (line) => {
    const { words, href } = line.dataset;
    close();
    if (words === undefined) {
      location.assign(href);
      return;
    }
    field.value = words;
    form.requestSubmit();
  };

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);

  /* While an input method composes, what stands in the box isn't what is meant yet. */
  field.addEventListener("input", (event) => event.isComposing || ask(PAUSE));
  field.addEventListener("compositionend", () => ask(PAUSE));
  field.addEventListener("focus", () => field.value.trim() || past());
  field.addEventListener("blur", close);

  field.addEventListener("htmx:beforeSwap", (event) => {
    if (!wanted || !field.value.trim()) event.detail.shouldSwap = false;
  });
  list.addEventListener("htmx:afterSwap", () => {
    forget.hidden = true;
    open(listName, options()[0]?.dataset.say ?? form.dataset.foundNo);
  });

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const all = options();
    const isOpen = !below.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) ask(0);
      else if (event.key === "ArrowDown") mark(at + 1 < all.length ? at + 1 : -1);
      else mark(at < 0 ? all.length - 1 : at - 1);
    } else if (event.key === "Enter" && isOpen && at >= 0) {
      event.preventDefault();
      pick(all[at]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    }
  });

  /* A press on the list leaves the keyboard in the box. */
  below.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const line = event.target.closest("[role=option]");
    if (line) pick(line);
  });
  forget.addEventListener("click", () => {
    localStorage.removeItem(KEY);
    list.replaceChildren();
    close();
  });

  form.addEventListener("submit", () => {
    const words = field.value.trim();
    close();
    if (words) keep(words);
  });

  /* The script comes after the page: somebody may be in the box already. */
  if (document.activeElement === field && !field.value.trim()) past();
})();
