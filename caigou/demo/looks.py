"""How the drawings of the demonstration's goods look, so that a picture of the screen finds the product (F4)."""

from __future__ import annotations

from caigou.catalogue.models import Product
from caigou.demo.people import DATA
from caigou.search.services.looking import keep_drawings

#: Made by ``tests/support/looks.py`` from what a browser shows.
LOOKS = DATA / "looks.tsv"


def known_looks() -> dict[tuple[str, int, int], str]:
    """Return the fingerprint of each drawing by its key, hue and look."""
    looks = {}
    for line in LOOKS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            key, hue, look, bits = line.split("\t")
            looks[key, int(hue), int(look)] = bits
    return looks


def keep_looks() -> int:
    """Store how the goods without a picture look; safe to repeat; return how many those are."""
    looks = known_looks()
    goods = Product.objects.filter(cover="").values_list("pk", "drawing", "hue", "look")
    found = {pk: looks[drawn] for pk, *about in goods if (drawn := (about[0], about[1], about[2])) in looks}
    keep_drawings(found)
    return len(found)
