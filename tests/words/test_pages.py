"""Every page, opened in Chinese by somebody who may see it: none of our English sentences is left on it."""

from __future__ import annotations

import html
import re
from functools import cache

import pytest
from django.test import Client

from caigou.cli import translations
from tests.access.table import FORMS
from tests.access.test_matrix import ROUTES, targets
from tests.support.world import World
from tests.words.test_catalogue import SAME

#: Pages for machines, and those that show both languages on purpose.
NOT_FOR_PEOPLE = frozenset({"healthz", "readyz", "web:parts", "console:import_refused"})


@cache
def _english() -> list[tuple[str, list[str], re.Pattern[str]]]:
    """Our sentences of two words and more: their fixed parts, and a pattern in which a figure is anything but a tag."""
    found = []
    for message in translations.collect():
        for text in [message.id] if isinstance(message.id, str) else list(message.id):
            words = re.sub(r"%\(\w+\)[sd]", "\0", text)
            if (
                text not in SAME
                and len(re.findall(r"[A-Za-z]{2,}", words)) >= 2
                and re.search(r"[a-z]{2,}\W+[a-z]{2,}", words)
            ):
                found.append((text, words.split("\0"), re.compile(re.escape(words).replace("\0", r"[^<]*?"))))
    return found


def left_in_english(page: str) -> list[str]:
    """Return our English sentences that stand on a page."""
    text = html.unescape(re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL))
    return sorted({s for s, parts, pattern in _english() if all(p in text for p in parts) and pattern.search(text)})


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ROUTES.keys() - NOT_FOR_PEOPLE))
def test_a_page_in_chinese_has_no_english_of_ours(name: str, world: World) -> None:
    for target in targets(name, world):
        if target.side == "other":
            continue  # the pages of one's own deal again, with the parts exchanged
        for viewer in world.viewers:
            if viewer.side == "other" or "colleague" in viewer.name:
                continue
            client: Client = viewer.client()
            client.cookies["django_language"] = "zh-hans"
            answers = [client.get(target.url)]
            if name in FORMS:
                # An incomplete form: the sentences that say how to mend it.
                answers.append(client.post(target.url, {}))
            for answer in answers:
                if answer.headers.get("Content-Type", "").startswith("text/html") and answer.content:
                    assert left_in_english(answer.content.decode()) == [], f"{viewer.name}: {target}"


def test_the_lint_sees_what_it_is_for() -> None:
    assert left_in_english("<p>Write the amount in plain digits with a point, such as 1234.50.</p>")
    assert left_in_english("<p>JPY has 0 digits after the point; this amount has more.</p>")
    assert left_in_english("<p>请用数字书写金额。Park Hotels</p>") == []
