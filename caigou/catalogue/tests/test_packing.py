"""Cartons, volume and billed weight as laws that hold for every carton, and as figures worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caigou.catalogue.packing import MM3_IN_CBM, Carton, chargeable_weight_g, packing, volumetric_weight_g

SIDES = st.integers(1, 3_000)
CARTONS = st.builds(Carton, st.integers(1, 5_000), SIDES, SIDES, SIDES, st.integers(1, 60_000))
QUANTITIES = st.integers(1, 10_000_000)
DIVISORS = st.sampled_from([4_000, 5_000, 6_000, 7_000])


@given(QUANTITIES, CARTONS)
def test_the_cartons_hold_the_quantity_and_one_fewer_would_not(quantity: int, carton: Carton) -> None:
    packed = packing(quantity, carton, divisor=5_000)
    full = packed.cartons - (1 if packed.in_last else 0)

    assert packed.cartons * carton.pieces >= quantity > (packed.cartons - 1) * carton.pieces
    assert full * carton.pieces + packed.in_last == quantity


@given(QUANTITIES, CARTONS, DIVISORS)
def test_nobody_is_billed_less_than_weight_or_volume(quantity: int, carton: Carton, divisor: int) -> None:
    packed = packing(quantity, carton, divisor=divisor)
    assert packed.chargeable_g is not None
    assert packed.gross_g is not None
    assert packed.volume_mm3 is not None

    exact = Fraction(packed.volume_mm3, divisor)
    assert packed.chargeable_g >= packed.gross_g
    assert packed.chargeable_g >= exact
    assert packed.chargeable_g < max(exact, Fraction(packed.gross_g)) + packed.cartons
    assert packed.by_volume == (packed.chargeable_g > packed.gross_g)


@given(QUANTITIES, QUANTITIES, CARTONS)
def test_more_goods_never_take_less_room(one: int, more: int, carton: Carton) -> None:
    small, large = packing(one, carton, divisor=5_000), packing(one + more, carton, divisor=5_000)

    assert large.cartons >= small.cartons
    assert (large.volume_mm3 or 0) >= (small.volume_mm3 or 0)
    assert (large.chargeable_g or 0) >= (small.chargeable_g or 0)


@given(CARTONS, DIVISORS, DIVISORS)
def test_a_smaller_divisor_never_makes_it_lighter(carton: Carton, one: int, other: int) -> None:
    low, high = sorted((one, other))
    heavy, light = packing(100, carton, divisor=low), packing(100, carton, divisor=high)

    assert (heavy.chargeable_g or 0) >= (light.chargeable_g or 0)


@pytest.mark.parametrize(
    ("missing", "known"),
    [
        ({"length_mm": None}, {"gross_g": 515_000, "volume_mm3": None, "chargeable_g": None}),
        ({"weight_g": None}, {"gross_g": None, "volume_mm3": 50 * 460 * 340 * 280, "chargeable_g": None}),
    ],
)
def test_what_is_not_stated_is_not_zero(missing: dict[str, None], known: dict[str, int | None]) -> None:
    sides = {"length_mm": 460, "width_mm": 340, "height_mm": 280, "weight_g": 10_300}
    packed = packing(1_200, Carton(24, **{**sides, **missing}), divisor=5_000)

    assert {name: getattr(packed, name) for name in known} == known


def test_a_light_carton_is_billed_by_its_volume() -> None:
    packed = packing(100, Carton(10, 600, 400, 500, 6_000), divisor=5_000)

    assert (packed.gross_g, packed.chargeable_g, packed.by_volume) == (60_000, 240_000, True)
    assert packed.volume_mm3 == Fraction(12, 10) * MM3_IN_CBM


def test_a_part_of_a_litre_and_of_a_gram_counts_whole() -> None:
    assert volumetric_weight_g(5_001, divisor=5_000) == 2
    assert packing(1, Carton(1, 101, 100, 100), divisor=5_000).litres == 2


@pytest.mark.parametrize("wrong", [{"actual_g": 0}, {"volume_mm3": 0}, {"divisor": 0}])
def test_nothing_is_weighed_with_nonsense(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        chargeable_weight_g(**{"actual_g": 1, "volume_mm3": 1, "divisor": 5_000, **wrong})


@pytest.mark.parametrize(("quantity", "pieces"), [(0, 24), (1, 0)])
def test_nothing_is_packed_into_nothing(quantity: int, pieces: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        packing(quantity, Carton(pieces), divisor=5_000)
