"""Public ids can't be guessed, counted or misread."""

from __future__ import annotations

import re

from django.urls import reverse

from caigou.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


def test_ids_are_opaque_and_safe_in_a_url() -> None:
    ids = {new_public_id() for _ in range(5_000)}
    assert len(ids) == 5_000
    assert all(re.fullmatch(rf"[0-9a-hjkmnp-tv-z]{{{PUBLIC_ID_LENGTH}}}", one) for one in ids)
    one = next(iter(ids))
    assert one in reverse("sandbox:pay", args=[one])


def test_every_character_of_the_alphabet_comes_up_in_every_place() -> None:
    """32 letters × 20 places: none may be fixed, as a time or a counter would be."""
    ids = [new_public_id() for _ in range(4_000)]
    for place in range(PUBLIC_ID_LENGTH):
        assert len({one[place] for one in ids}) == 32
