"""What is looked at on every page that somebody opens: its language, its width, and what axe has not judged yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Error, Page

_ID = re.compile(r"[0-9a-z]{20}|[0-9]+")
#: What makes two texts alike for contrast: their element's kind, colours, size, and every ground they stand on.
_SHADES = """const shades = () => {
  const grounds = new Map([[null, ""]]), found = new Map();
  const ground = (one) => {
    if (!grounds.has(one)) {
      const look = getComputedStyle(one);
      const parts = [look.backgroundColor, look.backgroundImage, look.opacity, look.filter, look.position];
      const own = parts.join(" ");
      grounds.set(one, ground(one.parentElement) + (own === "rgba(0, 0, 0, 0) none 1 none static" ? "" : "/" + own));
    }
    return grounds.get(one);
  };
  const name = (one) => `${one.tagName}.${one.getAttribute("class")}`;
  for (const one of document.body.querySelectorAll("*")) {
    const text = [...one.childNodes].filter((it) => it.nodeType === 3).map((it) => it.data).join("").trim();
    if (!(text || one.matches("input, select, textarea")) || !one.checkVisibility()) continue;
    const look = getComputedStyle(one), off = one.matches(":disabled, :disabled *, label:has(:disabled)");
    const key = [name(one.parentElement), name(one), look.color, look.fontSize, look.fontWeight, look.textShadow,
                 text.length < 2, off, ground(one)].join("|");
    if (found.has(key)) found.get(key)[1] = one; else found.set(key, [one, one]);
  }
  return found;
};"""
#: The kinds of elements on a page: what stands in what, with its classes, and what it tells screen readers.
_SEE = (
    "() => {"
    + _SHADES
    + """
  return {
    language: document.documentElement.lang,
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    links: [...document.querySelectorAll("a[href]")].map((one) => one.href),
    shades: [...shades().keys()],
    kinds: [...new Set([...document.querySelectorAll("body *")].map((one) =>
      [one.parentElement, one].map((it) => `${it.tagName}.${it.getAttribute("class")} `).join("") +
      one.getAttributeNames().filter((name) => !["id", "href", "value"].includes(name)).join(" ")))],
  };
}"""
)
#: All rules for the whole page; contrast, which takes axe longer than all else, for the first and last of a shade.
_JUDGE = (
    "async (fresh) => {"
    + _SHADES
    + """
  const wanted = new Set(fresh), marked = [...shades()].filter(([key]) => wanted.has(key)).flatMap(([, ones]) => ones);
  marked.forEach((one) => one.setAttribute("data-shade", ""));
  try {
    axe.configure({rules: [{id: "color-contrast", selector: "[data-shade]"}]});
    return {violations: (await axe.run({resultTypes: ["violations"]})).violations};
  } finally {
    marked.forEach((one) => one.removeAttribute("data-shade"));
  }
}"""
)
#: What axe has judged in this process: routes, kinds of elements and shades, by language, screen and light.
_JUDGED: dict[tuple[str, str, bool], set[str]] = {}


@dataclass(frozen=True)
class Sight:
    """A page as it stands in the browser."""

    language: str
    #: By how many pixels it scrolls sideways.
    over: int
    links: list[str]
    kinds: list[str]
    shades: list[str]


def see(page: Page) -> Sight:
    """Look at a page; once more when the next one came meanwhile."""
    try:
        seen: dict[str, Any] = page.evaluate(_SEE)
    except Error as left:
        if "context was destroyed" not in str(left):
            raise
        page.wait_for_load_state()
        seen = page.evaluate(_SEE)
    return Sight(**seen)


def judge(page: Page, seen: Sight, language: str, *, dark: bool) -> None:
    """Let axe judge a page that has anything it hasn't judged in this language, on this screen, in this light.

    That is a page of another route, an element of another kind, or a text of another shade: axe takes longer than
    all else together.
    """
    judged = _JUDGED.setdefault((language, str(page.viewport_size), dark), set())
    fresh = [shade for shade in seen.shades if shade not in judged]
    new = {_ID.sub("*", urlsplit(page.url).path), *seen.kinds, *fresh} - judged
    if not new:
        return
    judged |= new
    page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(_JUDGE, fresh))
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
