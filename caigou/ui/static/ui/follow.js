/* Pages that follow along: a stream says that something changed, and the part of the page asks for itself again.

   `data-follow` on a part names what it follows; htmx fetches it on the event "follow". While there is no stream, the
   parts ask every two seconds, as they would without one. Only a page in sight does either. */
(() => {
  "use strict";

  const { ticket, waiting } = document.currentScript.dataset;
  const ASK = 2000;
  /* A page that follows nothing but the menu's counts lets the rest of it load first. */
  const LATER = 3000;
  /* Two missed beats and a little: a line that looks open and is not. */
  const SILENCE = 35000;
  const LONGEST_PAUSE = 60000;
  const PATIENCE = 10000;
  /* Seconds before the end of a ticket at which the next one is asked for. */
  const AHEAD = 15;

  let stream;
  let coming;
  let next;
  let quiet;
  let failures = 0;

  const parts = () => [...document.querySelectorAll("[data-follow]")];
  const followed = (part) => part.dataset.follow.trim().split(" ");
  const ask = (part) => window.htmx?.trigger(part, "follow");

  /* What waits for the reader, beside the words of the menu. */
  const count = async () => {
    if (!document.querySelector("[data-count]")) return;
    const answer = await fetch(waiting, { headers: { "HX-Request": "true" } });
    if (answer.status !== 200) return;
    const counts = await answer.json();
    for (const place of document.querySelectorAll("[data-count]")) {
      const many = counts[place.dataset.count] ?? 0;
      place.textContent = many || "";
      place.hidden = !many;
    }
  };

  const changed = (words) => {
    for (const part of parts()) if (followed(part).some((word) => words.includes(word))) ask(part);
    if (words.includes("company")) count().catch(() => undefined);
  };

  const everything = () => changed(["company", ...parts().flatMap(followed)]);

  const close = () => {
    stream?.close();
    coming?.close();
    stream = coming = undefined;
    clearTimeout(next);
    clearTimeout(quiet);
  };

  const again = () => {
    close();
    failures += 1;
    next = setTimeout(open, Math.min(LONGEST_PAUSE, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
  };

  const heard = () => {
    clearTimeout(quiet);
    quiet = setTimeout(again, SILENCE);
  };

  /* The ticket ends after a minute. The next stream is open before the last one ends, so that nothing is missed. */
  const listen = (address, seconds) => {
    coming?.close();
    const line = new EventSource(address, { withCredentials: true });
    coming = line;
    /* A proxy that keeps what is sent says that all is well, and no word comes through. */
    const given = setTimeout(() => line === coming && again(), PATIENCE);
    line.addEventListener("hello", () => {
      clearTimeout(given);
      if (line !== coming) return;
      stream?.close();
      stream = line;
      coming = undefined;
      failures = 0;
      clearTimeout(next);
      next = setTimeout(open, (seconds - AHEAD) * 1000);
      heard();
      everything();
    });
    line.addEventListener("beat", heard);
    line.addEventListener("changed", (event) => {
      heard();
      changed(event.data.split("\n"));
    });
    line.addEventListener("error", () => {
      clearTimeout(given);
      line.close();
      if (line === stream || line === coming) again();
    });
  };

  const open = async () => {
    if (document.hidden) return;
    const words = new Set(["company", ...parts().flatMap(followed)]);
    const query = new URLSearchParams([...words].map((word) => ["on", word]));
    try {
      const answer = await fetch(`${ticket}?${query}`, { redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      const { stream: address, seconds } = await answer.json();
      if (!document.hidden) listen(address, seconds);
    } catch {
      again();
    }
  };

  setInterval(() => {
    if (!stream && !document.hidden) parts().forEach(ask);
  }, ASK);

  const begin = () => {
    close();
    if (parts().length) open();
    else if (document.querySelector("[data-count]")) next = setTimeout(open, LATER);
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : begin()));
  /* A page that goes into the browser's memory holds no line; one that comes back has missed something. */
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && begin());
  document.addEventListener("DOMContentLoaded", begin);
})();
