/* The page without a network: a link to each order page that was kept on this device, newest first. */
(async () => {
  "use strict";
  document.querySelector("[data-again]").href = location.href;
  const pages = await caches.open("caigou-pages");
  const list = document.querySelector("[data-kept-list]");
  for (const request of (await pages.keys()).reverse()) {
    const answer = await pages.match(request);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const link = document.createElement("a");
    link.href = new URL(request.url).pathname + new URL(request.url).search;
    link.textContent = page.querySelector("h1")?.textContent.trim() || page.title;
    const at = document.createElement("span");
    at.className = "u-caption";
    at.textContent = new Date(answer.headers.get("X-Kept-At")).toLocaleString(document.documentElement.lang);
    const row = document.createElement("li");
    row.append(link, at);
    list.append(row);
  }
  document.querySelector("[data-kept-pages]").hidden = list.children.length === 0;
})();
