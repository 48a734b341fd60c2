"""Finds what a template says to people without offering it for translation."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

#: Attributes that people read or hear.
SPOKEN = frozenset({"alt", "aria-label", "aria-description", "aria-roledescription", "label", "placeholder", "title"})
#: Elements whose text nobody reads.
_SILENT = frozenset({"script", "style", "code"})
#: Stands where a variable or a tag puts its words.
_FILLED = "\x1a"
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_OPENS = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}


def literals(source: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Return every text and spoken attribute of a template with letters in it that is in no translate tag.

    >>> literals('{% load i18n %}<p>{% translate "Pay" %} {{ sum }}</p>')
    []
    >>> literals('<p class="lead">Pay <b title="Now">{{ sum }}</b></p>')
    ['Pay', 'Now']
    """
    reader = _Reader(allowed)
    reader.feed(_without_tags(source))
    reader.close()
    return reader.found


def _without_tags(source: str) -> str:
    """Return the HTML with Django's tags taken out, and what stands between the translating ones with them."""
    kept: list[str] = []
    until = ""
    for token in Lexer(source).tokenize():
        word = token.contents.split()[0] if token.contents.split() else ""
        if until:
            until = "" if token.token_type == TokenType.BLOCK and word == until else until
        elif token.token_type == TokenType.BLOCK:
            until = _OPENS.get(word, "")
            kept.append(_FILLED)
        elif token.token_type == TokenType.VAR:
            kept.append(_FILLED)
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
    return "".join(kept)


class _Reader(HTMLParser):
    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.allowed = allowed
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        for name, value in attrs:
            if name in SPOKEN or (tag == "input" and name == "value" and ("type", "submit") in attrs):
                self._look(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._look(data)

    def _look(self, text: str) -> None:
        for part in text.split(_FILLED):
            said = " ".join(part.split())
            left = said
            for name in self.allowed:
                left = left.replace(name, "")
            if _LETTERS.search(left):
                self.found.append(said)
