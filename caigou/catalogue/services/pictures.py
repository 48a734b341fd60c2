"""The gallery of a product: add, remove, put in order. The first picture is kept beside the product as its cover."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from caigou.catalogue.events import ProductChanged
from caigou.catalogue.models import Product, ProductPicture
from caigou.catalogue.services.imports.details import MOST_PICTURES
from caigou.catalogue.services.own import changed, own_product
from caigou.files.models import Picture
from caigou.files.services import store_picture
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput

_COVERS = """
    UPDATE catalogue_product AS product
    SET cover = coalesce((
        SELECT picture.sha256 || '.' || picture.width || '.' || picture.height
        FROM catalogue_productpicture AS own JOIN files_picture AS picture ON picture.id = own.picture_id
        WHERE own.product_id = product.id ORDER BY own.position, own.id LIMIT 1
    ), '')
    WHERE product.id = ANY(%s)
"""


def keep_covers(product_ids: Iterable[int]) -> None:
    """Bring ``Product.cover`` of these products up to their galleries; who writes galleries in bulk calls it."""
    with connection.cursor() as cursor:
        cursor.execute(_COVERS, [list(product_ids)])


def add_pictures(product_id: int, uploads: Sequence[bytes], *, by: Actor) -> list[Picture]:
    """Add uploads to the end of the gallery and return the pictures kept; one that is there already stays once.

    Raises ``NotAllowed`` for anyone but the supplier or staff; ``BadInput`` for more than fifteen, or with the number
    and the reason of the first upload that is no sound picture: then none is added.
    """
    own_product(product_id, by=by)
    kept = [_store(place, upload, by) for place, upload in enumerate(uploads, start=1)]
    with transaction.atomic():
        product = own_product(product_id, by=by, lock=True)
        there = set(product.pictures.values_list("picture_id", flat=True))
        fresh = list({picture.pk: picture for picture in kept if picture.pk not in there}.values())
        _check_room(len(there) + len(fresh))
        place = max(product.pictures.values_list("position", flat=True), default=-1) + 1
        ProductPicture.objects.bulk_create(
            ProductPicture(product=product, picture=picture, position=place + index)
            for index, picture in enumerate(fresh)
        )
        _tell(product, by)
    return kept


def _store(place: int, upload: bytes, by: Actor) -> Picture:
    try:
        return store_picture(upload, by=by)
    except BadInput as error:
        sentence = _("Picture %(number)s: %(reason)s") % {"number": place, "reason": str(error)}
        raise BadInput(sentence, code=error.code, fields={"pictures": sentence}) from None


def _check_room(count: int) -> None:
    if count > MOST_PICTURES:
        sentence = _("A product has at most %(most)s pictures. Remove some first.") % {"most": MOST_PICTURES}
        raise BadInput(sentence, fields={"pictures": sentence})


@transaction.atomic
def set_gallery(product_id: int, pictures: Sequence[int], *, without: Collection[int] = (), by: Actor) -> Product:
    """Put these pictures of the gallery (ids of ``Picture``) in this order, and take those of ``without`` out.

    One that is in neither was added since the person looked: it stays, at the end. Safe to repeat. Raises
    ``NotAllowed`` for anyone but the supplier or staff, ``BadInput`` for a picture that isn't in the gallery (somebody
    else's hash doesn't get in that way).
    """
    product = own_product(product_id, by=by, lock=True)
    rows = {row.picture_id: row for row in product.pictures.all()}
    if len(set(pictures)) != len(pictures) or not set(pictures) <= rows.keys():
        raise BadInput(_("The pictures have changed since you opened the page. Look again."))
    product.pictures.filter(picture_id__in=without).delete()
    added = [picture for picture in rows if picture not in {*pictures, *without}]
    staying = [rows[picture] for picture in (*pictures, *added) if picture not in without]
    for place, row in enumerate(staying):
        row.position = place
    ProductPicture.objects.bulk_update(staying, ["position"])
    _tell(product, by)
    return product


def _tell(product: Product, by: Actor) -> None:
    keep_covers([product.pk])
    product.refresh_from_db(fields=["cover"])
    changed(product, by=by)
    publish(ProductChanged(product_id=product.pk))
