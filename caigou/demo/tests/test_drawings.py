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

each_drawing = pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)


def test_there_are_enough_drawings() -> None:
    assert len(DRAWINGS) >= 28


@each_drawing
def test_a_drawing_is_small_and_on_the_common_ground(path: Path) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", path.stem)
    assert path.stat().st_size <= LARGEST
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == SVG + "svg"
    assert dict(root.attrib) == {"viewBox": "0 0 120 120"}


@each_drawing
def test_a_drawing_holds_only_shapes_coloured_by_class(path: Path) -> None:
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    for element in list(root.iter())[1:]:
        if element.tag == SVG + "g":
            assert set(element.attrib) <= {"transform"}
            continue
        assert element.tag in SHAPES
        assert set(element.attrib) <= GEOMETRY, "no colours, ids or styles: classes only"
        assert element.attrib["class"] in CLASSES


@each_drawing
def test_a_drawing_uses_its_main_colour(path: Path) -> None:
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert "a" in {element.get("class") for element in root.iter()}
