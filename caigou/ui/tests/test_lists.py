"""What a form posts is read strictly."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from caigou.ui.lists import posted_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("-5", -5),
        ("0", 0),
        ("--5", None),
        ("5-", None),
        ("٣", None),
        ("²", None),
        ("9" * 19, None),
        ("", None),
    ],
)
def test_a_number_of_ours_is_read_and_any_other_text_is_none(text: str, number: int | None) -> None:
    assert posted_number(RequestFactory().post("/", {"seen": text}), "seen") == number
