"""Pictures that nothing refers to go after a month; one that is in use, or wanted back, never does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import ProtectedError, Q

from caigou.catalogue.models import ProductPicture, Variant
from caigou.catalogue.services.evidence import Paper, record_evidence
from caigou.files import folder, sweep
from caigou.files.models import Picture
from caigou.files.services import store_picture
from caigou.files.tests import corpus
from caigou.house.services import change_setting
from caigou.house.settings import LOGO
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import frozen, now
from tests.support.factories import make_product, make_supplier

MONTH = sweep.KEPT_UNUSED + timedelta(minutes=1)


def stored(width: int) -> Picture:
    """A picture that tells itself from others by its width."""
    return store_picture(corpus.png(corpus.drawn(width, 40)), by=SYSTEM)


def files_of(picture: Picture) -> list[Path]:
    return sorted((Path(settings.MEDIA_ROOT) / "pictures").rglob(f"{picture.sha256}-*.webp"))


def swept(**later: int) -> int:
    with frozen(now() + timedelta(**later)):
        return sweep.sweep()


@pytest.mark.django_db
def test_a_picture_without_use_is_marked_after_a_day_and_goes_after_a_month() -> None:
    picture = stored(200)
    assert swept(hours=23) == 0
    assert Picture.objects.get().unused_since is None
    assert swept(hours=25) == 0
    assert Picture.objects.get().unused_since is not None
    assert swept(days=30) == 0
    assert len(files_of(picture)) == 2

    assert swept(days=32) == 1

    assert not Picture.objects.exists()
    assert files_of(picture) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_refers_to_a_picture_keeps_it() -> None:
    supplier = make_supplier()
    product = make_product(supplier)
    used = [stored(width) for width in (201, 202, 203, 204)]
    ProductPicture.objects.create(product=product, picture=used[0])
    Variant.objects.create(product=product, external_id="blue", picture=used[1])
    today = now().date()
    paper = Paper("licence", "Mei Chen", today, today + timedelta(days=9), picture=used[2])
    record_evidence(supplier.company.supplier.pk, paper, by=SYSTEM)
    change_setting(LOGO, str(used[3].shown), reason="A new logo.", by=SYSTEM)
    stored(205)
    for days in (2, 40, 80):
        swept(days=days)

    assert set(Picture.objects.all()) == set(used)
    assert not Picture.objects.exclude(unused_since=None).exists()
    assert all(files_of(picture) for picture in used)


@pytest.mark.django_db
def test_one_that_is_used_again_or_uploaded_again_starts_anew() -> None:
    again, back = stored(206), stored(207)
    swept(days=2)
    assert stored(206).unused_since is None
    ProductPicture.objects.create(product=make_product(make_supplier()), picture=back)

    assert swept(days=33) == 0

    assert Picture.objects.get(pk=back.pk).unused_since is None
    assert Picture.objects.get(pk=again.pk).unused_since is not None, "marked anew, a month from now on"


@pytest.mark.django_db
def test_a_use_that_was_overlooked_stops_it_before_the_files_go(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = stored(208)
    Picture.objects.update(unused_since=now() - MONTH)
    ProductPicture.objects.create(product=make_product(make_supplier()), picture=picture)
    monkeypatch.setattr(sweep, "_used", lambda: Q(pk=0))

    with pytest.raises(ProtectedError):
        sweep._take_away(picture.pk)
    assert files_of(picture)


@pytest.mark.commits
def test_who_uploads_it_while_it_is_swept_has_it_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = stored(209)
    Picture.objects.update(unused_since=now() - MONTH)
    row_is_gone, go_on = threading.Event(), threading.Event()
    remove = folder.remove

    def slowly(sha256: str, width: int) -> None:
        row_is_gone.set()
        go_on.wait(10)
        remove(sha256, width)

    monkeypatch.setattr(folder, "remove", slowly)

    def apart(work: Callable[[], object]) -> None:
        work()
        connection.close()

    sweeping = threading.Thread(target=apart, args=[sweep.sweep])
    sweeping.start()
    assert row_is_gone.wait(10)
    uploading = threading.Thread(target=apart, args=[lambda: stored(209)])
    uploading.start()
    uploading.join(2)  # time enough to find the old files, were they looked for
    go_on.set()
    sweeping.join(20)
    uploading.join(20)

    assert Picture.objects.get().sha256 == picture.sha256
    assert len(files_of(picture)) == 2
