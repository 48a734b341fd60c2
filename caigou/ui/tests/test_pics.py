"""The picture of a product: its own photo where there is one, else a drawing in one of four variations."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from caigou.files.shown import Shown
from caigou.ui.templatetags.ui import photo, pic

COVER = Shown("ab" * 32, 960, 720)


def test_a_photo_is_shown_in_the_width_that_the_screen_needs() -> None:
    html = pic(SimpleNamespace(cover=str(COVER), picture="mug", hue=3), "l")

    assert f'src="/pictures/{"ab" * 32}-160.webp"' in html
    assert all(f"-{width}.webp {width}w" in html for width in (160, 480, 960))
    assert 'sizes="116px" width="960" height="720" alt="" loading="lazy"' in html
    assert "<svg" not in html


@pytest.mark.parametrize("cover", ["", "../../etc/passwd", '"><script>', "ab.1.1"])
def test_without_a_sound_cover_the_drawing_is_shown(cover: str) -> None:
    html = pic(SimpleNamespace(cover=cover, picture="mug", hue=3, look=2))

    assert '<span class="pic" data-size="m" data-hue="3" data-look="2" aria-hidden="true"><svg' in html
    assert "<img" not in html


def test_what_knows_no_look_is_drawn_plainly() -> None:
    assert 'data-look="0"' in pic(SimpleNamespace(drawing="mug"))


def test_a_gallery_says_what_it_shows() -> None:
    html = photo(COVER, 'Mug "Lake" <b>', eager=True)

    assert 'alt="Mug &quot;Lake&quot; &lt;b&gt;"' in html
    assert 'loading="eager"' in html
    assert "aria-hidden" not in html
