"""Pictures that come in a ZIP file beside a catalogue: found by name, made safe one by one, never written as they came.

Nothing of the ZIP is unpacked to a folder, so its paths and links lead nowhere.
"""

from __future__ import annotations

import contextlib
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from caigou.catalogue.models import Product, ProductPicture
from caigou.catalogue.services.imports.details import MOST_PICTURES
from caigou.catalogue.services.imports.problems import FileRefused, Problem, problem, shown
from caigou.catalogue.services.imports.steps import Listing, Step
from caigou.files.limits import MOST_BYTES
from caigou.files.services import store_picture
from caigou.kernel.actor import SYSTEM
from caigou.kernel.errors import BadInput

MOST_ENTRIES: Final = 20_000
MOST_UNPACKED: Final = 4 << 30
#: Pictures hardly get smaller by packing; what unpacks to so many times its size is none.
_MOST_RATIO: Final = 100
_SMALL: Final = 1 << 20
_PICTURE: Final = (".jpg", ".jpeg", ".png", ".webp")
_OURS = re.compile(r"([0-9a-f]{64})\.webp")
_NUMBERED = re.compile(r"(.+?)[-_ (（]{1,2}([0-9]{1,2})[)）]?")
_UTF8_NAMES: Final = 0x800
#: With what each entry of the list at a ZIP file's end begins.
_ENTRY: Final = b"PK\x01\x02"
_BLOCK: Final = 1 << 20
#: What reading a broken ZIP file, or one packed in a way that Python doesn't know (a ``RuntimeError``), may raise.
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, EOFError, ValueError)


class PictureBox:
    """The pictures of one ZIP file by their names; without a file only those of the house itself."""

    def __init__(self, path: Path | None) -> None:
        """Raises ``FileRefused`` for a ZIP file that is damaged, encrypted or far larger than it looks."""
        self._zip = None if path is None else _opened(path)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._numbered: dict[str, list[tuple[int, str]]] = {}
        self._kept: dict[str, int | str] = {}
        for entry in self._zip.infolist() if self._zip else ():
            name = _name_of(entry)
            if name.endswith(_PICTURE) and not entry.is_dir() and name not in self._entries:
                self._entries[name] = entry
                for number, stem in _belongs_to(name):
                    self._numbered.setdefault(stem, []).append((number, name))

    def fill(self, steps: Sequence[Step], beat: Callable[[], object]) -> list[Step]:
        """Return the steps with the pictures of their products found and stored, and notes on those that weren't.

        ``beat`` is called after each picture, so that whoever waits knows that the work goes on.
        """
        return [self._with_pictures(step, step.listing, beat) if step.listing else step for step in steps]

    def _with_pictures(self, step: Step, listing: Listing, beat: Callable[[], object]) -> Step:
        names = listing.row.pictures or self._named_like(listing.row.external_id)
        if not names:
            return step
        found: list[int] = []
        notes: list[Problem] = []
        for name in names:
            kept = self._keep(name, listing)
            beat()
            if isinstance(kept, int):
                found.append(kept)
            elif kept:
                notes.append(problem("bad_picture", value=name, why=shown(kept, 200)))
            else:
                notes.append(problem("missing_picture", value=name))
        pictures = tuple(dict.fromkeys(found))
        return replace(step, listing=replace(listing, pictures=pictures), notes=(*step.notes, *notes))

    def _named_like(self, external_id: str) -> list[str]:
        """Pictures that nobody listed are taken by their names: ``LY-350.jpg``, ``LY-350-2.jpg`` belong to LY-350."""
        return [name for _number, name in sorted(self._numbered.get(_safe(external_id), []))[:MOST_PICTURES]]

    def _keep(self, name: str, listing: Listing) -> int | str:
        """Return the picture's id, the reason why it is none, or an empty text when there is no such picture."""
        key = _safe(name)
        entry = self._entries.get(key)
        if entry is None:
            return self._own(name, listing) or ""
        if key not in self._kept:
            self._kept[key] = self._store(entry)
        return self._kept[key]

    def _store(self, entry: zipfile.ZipInfo) -> int | str:
        assert self._zip is not None  # noqa: S101  an entry is of an open file
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(MOST_BYTES + 1)
        except _DAMAGE as damage:
            return shown(damage) or "damaged"
        try:
            return store_picture(data, by=SYSTEM).pk  # a full disk of ours is no fault of the picture: it is raised
        except BadInput as refusal:
            return str(refusal)

    def _own(self, name: str, listing: Listing) -> int | None:
        """A picture that this supplier shows already is named by its hash, as our export writes it."""
        ours = _OURS.fullmatch(name)
        if ours is None:
            return None
        goods = Product.objects.filter(supplier=listing.supplier_id)
        rows = ProductPicture.objects.filter(picture__sha256=ours[1], product__in=goods)
        return rows.values_list("picture_id", flat=True).first()


def check_pictures(path: Path) -> int:
    """Return how many pictures a ZIP file names; raises ``FileRefused`` for one that is refused."""
    with _opened(path) as found:
        return sum(_name_of(entry).endswith(_PICTURE) for entry in found.infolist())


def _opened(path: Path) -> zipfile.ZipFile:
    if _names_more_than(path, MOST_ENTRIES):  # Python reads the whole list of them, half a kilobyte of memory for each
        raise FileRefused("zip_bomb")
    try:
        found = zipfile.ZipFile(path)
    except _DAMAGE:
        raise FileRefused("damaged_zip") from None
    try:
        _check(found.infolist())
    except FileRefused:
        found.close()
        raise
    return found


def _names_more_than(path: Path, most: int) -> bool:
    """Say whether the file has the mark of an entry more often than that, whatever it says of itself."""
    found, tail = 0, b""
    try:
        with path.open("rb") as stream:
            while found <= most and (block := stream.read(_BLOCK)):
                found += (tail + block).count(_ENTRY)
                tail = block[1 - len(_ENTRY) :]
    except OSError:
        raise FileRefused("damaged_zip") from None
    return found > most


def _check(entries: Iterable[zipfile.ZipInfo]) -> None:
    total = 0
    for count, entry in enumerate(entries, start=1):
        total += entry.file_size
        packed = max(1, entry.compress_size)
        if count > MOST_ENTRIES or total > MOST_UNPACKED:
            raise FileRefused("zip_bomb")
        if entry.file_size > _SMALL and entry.file_size > _MOST_RATIO * packed:
            raise FileRefused("zip_bomb")
        if entry.flag_bits & 1:
            raise FileRefused("encrypted_zip")


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Return the bare name; Chinese systems write it in GB18030 without saying so."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAMES:
        with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
            name = name.encode("cp437").decode("gb18030")
    return _safe(name.replace("\\", "/").rpartition("/")[2])


def _safe(name: str) -> str:
    return " ".join(name.split()).casefold()


def _belongs_to(name: str) -> list[tuple[int, str]]:
    """Return of which products a picture may be, by its name without ending and number, and its place there.

    >>> _belongs_to("ly-350.jpg"), _belongs_to("mug (3).png")
    ([(0, 'ly-350')], [(0, 'mug (3)'), (3, 'mug')])
    """
    stem = name.rpartition(".")[0]
    numbered = _NUMBERED.fullmatch(stem)
    return [(0, stem), (int(numbered[2]), numbered[1])] if numbered else [(0, stem)]
