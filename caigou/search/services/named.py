"""The goods that a link or a seller's code names (F4): candidates from the index, the match by PostgreSQL."""

from __future__ import annotations

from urllib.parse import urlsplit

from caigou.catalogue.models import Product
from caigou.kernel.actor import Actor
from caigou.search.engine import index
from caigou.search.links import Link, Platform
from caigou.search.ports import IndexNotReady, Query

#: Goods whose code has the same words that are compared.
_CANDIDATES = 100


def goods_named(external_id: str, *, platform: Platform = "", actor: Actor | None = None) -> list[Product]:
    """Return the goods that ``actor`` may see whose id at their source is ``external_id``, in any case of its letters.

    Those of ``platform`` alone where there are any: its name stands in their source, or they were read on its pages.
    Takes a pass of the index and one query; while the index is rebuilt, the query alone.
    """
    goods = Product.objects.visible_to(actor).filter(external_id__iexact=external_id).order_by("pk")
    try:
        ids = index().search(Query(text=external_id, size=_CANDIDATES)).ids
    except IndexNotReady:
        pass
    else:
        goods = goods.filter(pk__in=ids)
    found = list(goods[:_CANDIDATES])
    exact = [product for product in found if platform and _is_of(product, platform)]
    return exact or found


def goods_of_link(link: Link, *, actor: Actor | None = None) -> list[Product]:
    """Return the goods that a link names: at most one for a link of ours."""
    if not link.external_id or not link.platform:
        return []
    if link.platform == "own":
        return list(Product.objects.visible_to(actor).filter(public_id=link.external_id))
    return goods_named(link.external_id, platform=link.platform, actor=actor)


def _is_of(product: Product, platform: str) -> bool:
    try:
        host = urlsplit(product.source_url).hostname or ""
    except ValueError:
        host = ""
    return platform in product.source.lower() or f".{platform}." in f".{host}"
