"""Pictures that people give us: what is kept is drawn anew, and nothing of the upload is left."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from caigou.files import drawn as drawing
from caigou.files import limits, redraw
from caigou.files.drawn import Undrawable
from caigou.files.models import Picture
from caigou.files.services import picture_url, store_picture
from caigou.files.tests import corpus
from caigou.kernel.actor import SYSTEM
from caigou.kernel.errors import BadInput

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOSTILE = corpus.hostile()
TALKATIVE = corpus.talkative()


def kept(picture: Picture) -> list[Path]:
    """The files of a picture, the smallest first."""
    folder = Path(settings.MEDIA_ROOT) / "pictures" / picture.sha256[:2]
    return sorted(folder.glob(f"{picture.sha256}-*.webp"), key=lambda path: int(path.stem.rsplit("-", 1)[1]))


def test_a_picture_is_kept_in_three_widths_as_webp() -> None:
    picture = store_picture(corpus.jpeg(corpus.drawn(2000, 1500)), by=SYSTEM)

    sizes = [Image.open(path).size for path in kept(picture)]
    assert sizes == [(160, 120), (480, 360), (960, 720)]
    assert {Image.open(path).format for path in kept(picture)} == {"WEBP"}
    assert (picture.width, picture.height) == (960, 720)


def test_a_small_picture_is_not_blown_up() -> None:
    picture = store_picture(corpus.png(corpus.drawn(300, 200)), by=SYSTEM)

    assert [Image.open(path).size for path in kept(picture)] == [(160, 107), (300, 200)]
    assert picture_url(picture, 480) == f"/pictures/{picture.sha256}-300.webp"
    assert picture_url(picture, 100) == f"/pictures/{picture.sha256}-160.webp"


def test_a_tall_picture_stays_within_the_height() -> None:
    picture = store_picture(corpus.jpeg(corpus.drawn(800, 6000)), by=SYSTEM)

    assert (picture.width, picture.height) == (256, limits.MOST_HEIGHT)


def test_the_same_picture_is_kept_once() -> None:
    first = store_picture(corpus.png(), by=SYSTEM)
    again = store_picture(corpus.png() + b"tail", by=SYSTEM)

    assert first.pk == again.pk
    assert Picture.objects.count() == 1


@pytest.mark.parametrize("where", TALKATIVE)
def test_nothing_but_pixels_is_kept(where: str) -> None:
    assert corpus.TELLTALE in TALKATIVE[where] or where in {"exif", "webp exif"}

    picture = store_picture(TALKATIVE[where], by=SYSTEM)

    for path in kept(picture):
        content = path.read_bytes()
        assert corpus.TELLTALE not in content
        assert Image.open(io.BytesIO(content)).info.keys() <= {"loop", "background"}
        assert not Image.open(io.BytesIO(content)).getexif()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_sound_picture_is_refused_with_a_reason(name: str) -> None:
    data, code = HOSTILE[name]

    with pytest.raises(BadInput) as refused:
        store_picture(data, by=SYSTEM)

    assert refused.value.code == f"picture_{code}"
    assert str(refused.value).endswith(".")
    assert not Picture.objects.exists()


def test_a_turned_photo_stands_upright() -> None:
    picture = store_picture(corpus.jpeg(corpus.drawn(400, 300), exif=corpus.exif(orientation=6)), by=SYSTEM)

    upright = Image.open(kept(picture)[-1]).convert("RGB")
    assert upright.size == (300, 400)
    # Turned by a right angle, the red quarter is the upper right one.
    assert upright.getpixel((280, 20))[1] < 60 < upright.getpixel((20, 20))[1]  # type: ignore[index]


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "1", "I;16"])
def test_every_kind_of_png_becomes_a_plain_picture(mode: str) -> None:
    image = corpus.drawn(200, 100).convert("L").convert(mode) if mode != "I;16" else Image.new(mode, (200, 100), 30_000)

    picture = store_picture(corpus.png(image), by=SYSTEM)

    assert Image.open(kept(picture)[-1]).mode == "RGB"


def test_what_is_transparent_stands_on_white() -> None:
    picture = store_picture(corpus.png(Image.new("RGBA", (64, 64), (0, 0, 0, 0))), by=SYSTEM)

    assert Image.open(kept(picture)[-1]).convert("RGB").getpixel((30, 30)) == (255, 255, 255)


def test_cmyk_photos_are_taken() -> None:
    assert store_picture(corpus.jpeg(corpus.drawn(100, 100).convert("CMYK")), by=SYSTEM).width == 100


def test_a_photo_of_a_phone_is_taken_as_its_first_picture() -> None:
    assert store_picture(corpus.photo_of_a_phone(), by=SYSTEM).width == 640


def test_an_animation_is_shown_by_its_first_frame() -> None:
    picture = store_picture(corpus.animation(8), by=SYSTEM)

    assert getattr(Image.open(kept(picture)[-1]), "n_frames", 1) == 1


def test_the_child_sees_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment with its secrets, nor our database connection, nor a way to open anything."""
    monkeypatch.setenv("CAIGOU_SECRET_KEY", "s" * 50)
    probe = (
        "import json, os, resource, runpy, socket, sys\n"
        f"child = runpy.run_path({str(Path(redraw.__file__))!r}, run_name='child')\n"
        "child['shut_the_door']()\n"
        "def tries(act):\n"
        "    try: act()\n"
        "    except OSError: return 'refused'\n"
        "    return 'done'\n"
        "sys.stdout.write(json.dumps({'env': [k for k in os.environ if 'CAIGOU' in k or 'DATABASE' in k],\n"
        "  'open': tries(lambda: open('/etc/passwd')), 'socket': tries(socket.socket),\n"
        "  'limits': [resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0]],\n"
        "  'user': os.geteuid()}))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-B", "-c", probe], env={}, capture_output=True, text=True, check=True)

    assert '"env": []' in done.stdout
    assert '"open": "refused", "socket": "refused"' in done.stdout
    assert f'"limits": [{512 * 1024 * 1024}, 5]' in done.stdout
    assert '"user": 0' not in done.stdout


def test_a_child_that_is_ended_by_its_limits_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, source in {
        "memory": "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28)); b = bytearray(2**29)",
        "lies": "print('{\"files\": [[160, 120, 5]]}'); print('no picture')",
        "nonsense": "import sys; sys.stdout.write('x' * 100)",
        "too long": "import time; time.sleep(60)",
    }.items():
        child = tmp_path / f"{name}.py"
        child.write_text(source)
        monkeypatch.setattr(drawing, "_CHILD", child)
        monkeypatch.setattr(limits, "CHILD_WALL_SECONDS", 1)
        with pytest.raises(Undrawable):
            drawing.redraw(corpus.png(corpus.drawn(64, 64)))
