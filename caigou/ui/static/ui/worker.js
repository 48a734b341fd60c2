/* The service worker: orders can be read without a network as they were last seen; for all else there is a page that
   says so. It keeps nothing but the reader's own order pages and what these need to look as always. HOUSE stands
   above this, written by the server. */
"use strict";

const PAGES = "caigou-pages";
const SHELL = `caigou-shell-${HOUSE.version}`;
/* The oldest page gives way to the forty-first. */
const MOST = 40;

const isOrder = (url) => {
  const rest = url.pathname.startsWith(HOUSE.orders) ? url.pathname.slice(HOUSE.orders.length) : "/";
  return /^([a-z0-9]+\/)?$/.test(rest);
};

const forget = () => caches.delete(PAGES);

const keep = async (url, answer) => {
  const page = await answer.text();
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8", "X-Kept-At": new Date().toISOString() });
  for (const name of ["Content-Security-Policy", "Content-Language"]) {
    if (answer.headers.has(name)) headers.set(name, answer.headers.get(name));
  }
  const pages = await caches.open(PAGES);
  const key = url.pathname + url.search;
  await pages.delete(key);
  await pages.put(key, new Response(page, { headers }));
  const keys = await pages.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((old) => pages.delete(old)));
};

/* The page as it was kept, marked with the moment: the page itself then says how old it is. */
const kept = async (url) => {
  const pages = await caches.open(PAGES);
  const found = (await pages.match(url.pathname + url.search)) ?? (await pages.match(url.pathname));
  if (!found) return undefined;
  const page = (await found.text()).replace("<html ", `<html data-kept="${found.headers.get("X-Kept-At")}" `);
  return new Response(page, { headers: found.headers });
};

/* The page without a network speaks the reader's language: fetched again when that has changed. */
const speak = async (answer) => {
  const language = answer.headers.get("Content-Language");
  const shell = await caches.open(SHELL);
  const page = await shell.match(HOUSE.offline);
  if (language && page && page.headers.get("Content-Language") !== language) await shell.add(HOUSE.offline);
};

const open = async (event, url) => {
  try {
    const answer = await fetch(event.request);
    if (isOrder(url)) {
      if (answer.ok) event.waitUntil(keep(url, answer.clone()));
      /* Sent to the sign-in page, or not theirs any more: nothing of it stays on this device. */
      else event.waitUntil(forget());
    }
    if (answer.ok) event.waitUntil(speak(answer.clone()));
    return answer;
  } catch {
    const page = isOrder(url) ? await kept(url) : undefined;
    return page ?? (await caches.match(HOUSE.offline)) ?? Response.error();
  }
};

const asset = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
  }
};

self.addEventListener("install", (event) => {
  const fill = async () => {
    await (await caches.open(SHELL)).addAll([...HOUSE.shell, HOUSE.offline]);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clear = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("caigou-shell-") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.method !== "GET") {
    if (HOUSE.leaving.some((path) => url.pathname.startsWith(path))) event.waitUntil(forget());
    return;
  }
  if (event.request.mode === "navigate") event.respondWith(open(event, url));
  else if (url.pathname.startsWith(HOUSE.static)) event.respondWith(asset(event.request));
});
