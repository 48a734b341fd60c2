"""The price steps of a product as every engine indexes them."""

from __future__ import annotations

from caigou.search.ports import Document, Step


def ladder(document: Document) -> list[Step]:
    """Return the price steps as a buyer meets them: the first is the MOQ's and holds for every smaller quantity.

    Quantities are units, prices minor units of the document's currency.
    """
    steps = sorted(document.steps, key=lambda step: step.from_quantity)
    if not steps:
        return []
    reached = [step for step in steps if step.from_quantity <= document.moq] or steps[:1]
    later = [step for step in steps if step.from_quantity > max(document.moq, reached[-1].from_quantity)]
    return [Step(0, reached[-1].minor), *later]
