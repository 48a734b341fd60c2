"""Pictures, and what pretends to be one: made here, so that no hostile file lies about."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

#: Found in a kept file only if something of an upload survived.
TELLTALE = b"caigou-telltale"


def drawn(width: int = 1200, height: int = 900, *, mode: str = "RGB") -> Image.Image:
    """A picture with an upper left quarter in red, so that mirroring and turning show."""
    image = Image.new(mode, (width, height), "white" if mode in {"RGB", "RGBA"} else 255)
    image.paste("red" if mode in {"RGB", "RGBA"} else 90, (0, 0, width // 2, height // 2))
    return image


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or drawn()).save(out, "JPEG", **options)
    return out.getvalue()


def png(image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or drawn()).save(out, "PNG", **options)
    return out.getvalue()


def webp(image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or drawn()).save(out, "WEBP", **options)
    return out.getvalue()


def exif(*, orientation: int = 1) -> bytes:
    """EXIF with a place on earth, a maker and an orientation."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = TELLTALE.decode()
    data.get_ifd(0x8825)[1] = "N"
    return data.tobytes()


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes whose header claims a picture of that size: a bomb, were it believed."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(64))) + _chunk(b"IEND", b"")
    )


def png_with_a_text_bomb() -> bytes:
    """A small picture with a compressed text chunk of 100 MB."""
    whole = png(drawn(64, 64))
    bomb = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100 * 1024 * 1024), 9))
    return whole[:33] + bomb + whole[33:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def animation(frames: int) -> bytes:
    out = io.BytesIO()
    images = [Image.new("RGB", (32, 32), (index * 97 % 256, index * 4 % 256, 0)) for index in range(frames)]
    images[0].save(out, "WEBP", save_all=True, append_images=images[1:], duration=20, lossless=True)
    return out.getvalue()


def photo_of_a_phone() -> bytes:
    """Two pictures in one JPEG, with EXIF that is broken: phones write the one, old editors the other."""
    out = io.BytesIO()
    first = drawn(640, 480)
    first.save(out, "MPO", save_all=True, append_images=[drawn(64, 48)], exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    return out.getvalue()


def talkative() -> dict[str, bytes]:
    """Sound pictures that carry more than pixels: by where they carry it."""
    text = PngInfo()
    text.add_text("Comment", TELLTALE.decode())
    text.add_itxt("XML:com.adobe.xmp", TELLTALE.decode())
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {
        "exif": jpeg(exif=exif()),
        "comment": jpeg(comment=TELLTALE),
        "xmp": jpeg(xmp=TELLTALE),
        "profile": jpeg(icc_profile=profile + TELLTALE),
        "html tail": jpeg() + b"<html><script>" + TELLTALE,
        "zip tail": png() + b"PK\x03\x04" + TELLTALE,
        "png text": png(pnginfo=text),
        "webp exif": webp(exif=exif(), xmp=TELLTALE),
    }


def hostile() -> dict[str, tuple[bytes, str]]:
    """What must be refused: by name, with the code of the reason."""
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"
    whole = png()
    return {
        "nothing": (b"", "empty"),
        "one byte": (b"\xff", "not_a_picture"),
        "too many bytes": (jpeg() + bytes(10 * 1024 * 1024), "too_large"),
        "svg with a script": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not_a_picture"),
        "html": (b"<!doctype html><script>alert(1)</script>", "not_a_picture"),
        "gif": (b"GIF89a/*" + bytes(100), "not_a_picture"),
        "eps": (eps, "not_a_picture"),
        "pdf": (b"%PDF-1.7\n", "not_a_picture"),
        "psd": (b"8BPS\0\1" + bytes(40), "not_a_picture"),
        "fits": (b"SIMPLE  =                    T", "not_a_picture"),
        "tiff": (b"II*\0" + bytes(40), "not_a_picture"),
        "ole": (b"\xd0\xcf\x11\xe0" + bytes(40), "not_a_picture"),
        "magic only, jpeg": (b"\xff\xd8\xff" + bytes(400), "broken"),
        "magic only, png": (b"\x89PNG\r\n\x1a\n" + bytes(400), "broken"),
        "magic only, webp": (b"RIFF\x10\0\0\0WEBP" + bytes(400), "broken"),
        "eps behind the magic of jpeg": (b"\xff\xd8\xff" + eps, "broken"),
        "truncated jpeg": (jpeg()[:3000], "broken"),
        "truncated png": (whole[: len(whole) // 2], "broken"),
        "wrong checksum": (whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:], "broken"),
        "flood of pixels": (png_claiming(13_000, 13_000), "too_many_pixels"),
        "flood of one row": (png_claiming(2_000_000_000, 1), "too_many_pixels"),
        "claims a picture that isn't there": (png_claiming(6_000, 6_000), "broken"),
        "text bomb": (png_with_a_text_bomb(), "broken"),
        "a tracker's dot": (png(drawn(8, 8)), "too_small"),
        "too many frames": (animation(60), "too_many_frames"),
    }
