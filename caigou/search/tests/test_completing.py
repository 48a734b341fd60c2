"""What of a product the search box may complete."""

from __future__ import annotations

from caigou.search.completing import completions_of


def of(title_en: str = "", title_zh: str = "") -> list[str]:
    return completions_of(title_en=title_en, title_zh=title_zh)


def test_a_title_gives_its_words_known_phrases_and_things_with_the_word_before() -> None:
    found = of("Matte Stainless Steel Lunch Box, 350 ml, item X-4711", "饭盒")
    assert {"w matte", "w stainless steel", "w lunch box", "w stainless steel lunch box"} <= set(found)
    assert not [one for one in found if any(sign.isdigit() for sign in one)], "codes and sizes are no words"
    assert "w steel lunch" not in found


def test_chinese_words_are_completed_by_their_characters_and_their_sound() -> None:
    found = of("Mug", "陶瓷馬克杯 儿童")
    assert {"p makebei\t马克杯", "p taocimakebei\t陶瓷马克杯", "p ertong\t儿童"} <= set(found)
    assert "w t 恤\tT恤" in of("Tee", "儿童T恤"), "what has no sound stands there as it is written"


def test_a_title_in_one_language_gives_the_other_languages_word_for_the_thing() -> None:
    assert "w lunch box" in of("", "双层不锈钢饭盒")
    assert "p fanhe\t饭盒" in of("LUNCH BOX WITH CUTLERY RETROSPOT")
    assert "w lunch box" not in of("Tiffin", "饭盒"), "the seller's own English word stands there"


def test_what_is_shown_is_written_as_the_lexicon_writes_it() -> None:
    assert "w t light holder\tt-light holder" in of("T-LIGHT HOLDER")


def test_a_supplier_is_found_by_name_with_or_without_its_place_and_a_category_by_its_slug() -> None:
    texts = completions_of(
        title_en="Mug", title_zh="杯", categories=["home", "mugs"], supplier=("ab12", "Quanzhou Kiln Ltd", "泉州窑厂")
    )
    assert {"c home\t", "c mugs\t"} <= set(texts)
    typed = {text.partition("\t")[0] for text in texts if text.endswith("\tab12")}
    assert {"s quanzhou kiln ltd", "s kiln ltd", "s quanzhouyaochang", "s yaochang"} <= typed


def test_no_title_gives_more_than_people_read() -> None:
    assert len(of(" ".join(f"w{chr(97 + n)}{chr(97 + m)}" for n in range(20) for m in range(20)), "杯")) < 40
