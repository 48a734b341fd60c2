"""The drawings that stand for a product without a photo: small, plain shapes that take every colour from the page."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

DRAWINGS = sorted((Path(__file__).resolve().parents[2] / "ui" / "drawings").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {SVG + tag for tag in ("path", "circle", "ellipse", "rect")}
GEOMETRY = {"class", "d", "fill-rule", "cx", "cy", "r", "rx", "ry", "x", "y", "width", "height", "transform", "opacity"}
CLASSES = set("abcdes")
LARGEST = 2560  # bytes; search pages inline a few dozen of them


def _faults(path: Path) -> list[str]:
    """Say what is wrong with a drawing."""
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    inside = list(root.iter())[1:]
    shapes = [element for element in inside if element.tag != SVG + "g"]
    wrong = {
        "its name": not re.fullmatch(r"[a-z]+(-[a-z]+)*", path.stem),
        "too large": path.stat().st_size > LARGEST,
        "no SVG": root.tag != SVG + "svg",
        "another ground": dict(root.attrib) != {"viewBox": "0 0 120 120"},
        "a group with more than its place": any(set(e.attrib) - {"transform"} for e in inside if e.tag == SVG + "g"),
        "something that is no shape": any(e.tag not in SHAPES for e in shapes),
        "not coloured by classes alone": any(set(e.attrib) - GEOMETRY for e in shapes),
        "an unknown class": any(e.get("class") not in CLASSES for e in shapes),
        "not its main colour": "a" not in {e.get("class") for e in root.iter()},
    }
    return [what for what, is_so in wrong.items() if is_so]


def test_there_are_enough_drawings() -> None:
    assert len(DRAWINGS) >= 28


def test_a_drawing_is_small_and_holds_only_shapes_coloured_by_class() -> None:
    """One test for all: hundreds of them would cost the suite more than what they look at."""
    assert {path.stem: found for path in DRAWINGS if (found := _faults(path))} == {}


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ('<svg viewBox="0 0 120 120"><path class="b" d=""/></svg>', "not its main colour"),
        ('<svg viewBox="0 0 9 9"><path class="a" d=""/></svg>', "another ground"),
        (
            '<svg viewBox="0 0 120 120"><path class="a" d="" fill="red"/></svg>',
            "not coloured by classes alone",
        ),
        ('<svg viewBox="0 0 120 120"><image class="a"/></svg>', "something that is no shape"),
        ('<svg viewBox="0 0 120 120"><g id="x"/><path class="a" d=""/></svg>', "a group with more than its place"),
        ('<svg viewBox="0 0 120 120"><path class="a" d=""/><rect class="z"/></svg>', "an unknown class"),
        (f'<svg viewBox="0 0 120 120"><path class="a" d="{"M0 0" * 999}"/></svg>', "too large"),
    ],
    ids=lambda value: value if len(value) < 50 else "",
)
def test_the_lint_sees_what_it_is_for(tmp_path: Path, markup: str, fault: str) -> None:
    path = tmp_path / "mug.svg"
    path.write_text(markup.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'), encoding="utf-8")

    assert _faults(path) == [fault]
