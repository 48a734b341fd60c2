"""The settings of the house: changed on a page with a reason, in force everywhere, and who did it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from caigou.house.models import ProposedChange, SettingChange
from caigou.house.services import change_setting, declared
from caigou.house.settings import LOGO
from caigou.kernel.actor import SYSTEM
from caigou.orders.settings import CONFIRM_DAYS
from caigou.payments.settings import SECOND_PERSON_FROM, STALE_DAYS, WALLET_CURRENCIES
from tests.support.factories import Party, fund, make_buyer, make_deal, make_staff
from tests.support.world import colleague_of, without_rights

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


def _png() -> bytes:
    """A wide red picture."""
    stream = io.BytesIO()
    Image.new("RGB", (400, 100), "red").save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def staff() -> Party:
    return make_staff()


def change(staff: Party, key: str, value: Any, **more: str) -> Any:
    values = {"value": value, "reason": "Decided on Monday.", **more}
    return staff.client().post(reverse("console:setting", args=[key]), values)


def page(client: Client, route: str = "web:home", *args: str, language: str = "en") -> str:
    client.cookies["django_language"] = language
    answer = client.get(reverse(route, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_listed_and_has_a_page(staff: Party, language: str) -> None:
    listed = page(staff.client(), "console:settings", language=language)
    for key in declared():
        assert reverse("console:setting", args=[key]) in listed
        page(staff.client(), "console:setting", key, language=language)


def test_a_group_whose_settings_several_apps_declare_stands_there_once(staff: Party) -> None:
    titles = re.findall(r"<h2>(.+?)</h2>", page(staff.client(), "console:settings"))
    assert titles.count("Money") == 1
    assert len(set(titles)) == len(titles) >= 5


def test_a_setting_that_nothing_reads_yet_says_so(staff: Party) -> None:
    assert "Nothing reads this yet" in page(staff.client(), "console:setting", "fees.agent")
    assert "Nothing reads this yet" not in page(staff.client(), "console:setting", "orders.confirm_days")


def test_the_next_order_that_ships_follows_the_new_days(staff: Party) -> None:
    assert change(staff, CONFIRM_DAYS.key, "9").status_code == 302
    order = make_deal().place_shipped()
    assert order.confirm_by is not None
    assert order.shipped_at is not None
    assert (order.confirm_by - order.shipped_at).days == 9


def test_an_order_that_has_shipped_keeps_its_date(staff: Party) -> None:
    order = make_deal().place_shipped()
    before = order.confirm_by
    change(staff, CONFIRM_DAYS.key, "9")
    order.refresh_from_db()
    assert order.confirm_by == before


def test_the_history_says_who_from_what_to_what_and_why(staff: Party) -> None:
    change(staff, CONFIRM_DAYS.key, "9")
    change(staff, CONFIRM_DAYS.key, "20", reason="Ships are late this winter.")
    html = page(staff.client(), "console:settings_history")
    for words in ("15 days (default)", "9 days", "20 days", "Ships are late this winter.", str(staff.user)):
        assert words in html, words
    assert SettingChange.objects.filter(by=staff.user).count() == 2


def test_back_to_the_default_by_one_button(staff: Party) -> None:
    change(staff, CONFIRM_DAYS.key, "9")
    change(staff, CONFIRM_DAYS.key, "9", reset="yes")
    assert CONFIRM_DAYS.value == 15


@pytest.mark.parametrize(("value", "reason"), [("0", "Why not."), ("ten", "Why not."), ("", "Why not."), ("9", " ")])
def test_a_refused_change_says_what_is_valid_and_keeps_what_was_typed(staff: Party, value: str, reason: str) -> None:
    answer = change(staff, CONFIRM_DAYS.key, value, reason=reason)
    assert answer.status_code == 422
    assert f'value="{value}"' in answer.content.decode() or not value
    assert CONFIRM_DAYS.value == 15


def test_who_opened_the_page_before_a_colleagues_change_is_told(staff: Party) -> None:
    change(staff, CONFIRM_DAYS.key, "9", expected="15")
    answer = change(staff, CONFIRM_DAYS.key, "30", expected="15")
    assert answer.status_code == 422
    assert CONFIRM_DAYS.value == 9
    # The page shows the colleague's value, so sending it again is a decision about that one.
    assert 'name="expected" value="9"' in answer.content.decode()
    assert change(staff, CONFIRM_DAYS.key, "30", expected="9").status_code == 302


def test_a_setting_that_is_none_is_not_found(staff: Party) -> None:
    assert staff.client().get("/console/settings/nothing.here/").status_code == 404


def test_the_house_wears_its_name_in_both_languages_on_pages_and_in_mails(staff: Party, mailoutbox: Any) -> None:
    change(staff, "house.name_en", "Harbour <Trade>")
    change(staff, "house.name_zh", "港贸")
    client = Client()
    html = page(client)
    assert "Harbour &lt;Trade&gt;</title>" in html
    assert '<span class="bar-name">Harbour &lt;Trade&gt;</span>' in html
    assert '<span class="bar-name">港贸</span>' in page(client, language="zh-hans")
    client.cookies["django_language"] = "en"
    client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert "Harbour <Trade> sends this mail" in mailoutbox[0].body
    assert mailoutbox[0].from_email == '"Harbour <Trade>" <no-reply@caigou.example>'


def test_the_logo_is_made_safe_and_stands_in_the_bar(staff: Party, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("logo.png", _png(), content_type="image/png")
    assert change(staff, LOGO.key, file).status_code == 302
    assert LOGO.value
    assert 'class="bar-logo"' in page(Client())
    change(staff, LOGO.key, "", reset="yes")
    assert 'class="bar-logo"' not in page(Client())


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"not a picture"])
def test_a_file_that_is_no_picture_is_no_logo(staff: Party, content: bytes) -> None:
    answer = change(staff, LOGO.key, SimpleUploadedFile("logo.png", content))
    assert answer.status_code == 422
    assert LOGO.value == ""


def test_money_in_a_currency_that_is_taken_no_more_is_still_shown(staff: Party) -> None:
    from caigou.kernel.money import Money

    buyer = make_buyer()
    fund(buyer, Money(50_00, "GBP"))
    change_setting(WALLET_CURRENCIES, "CNY, USD", reason="No pounds any more.", by=SYSTEM)
    html = page(buyer.client(), "web:money")
    assert "£50.00" in html
    form = page(buyer.client(), "web:recharge")
    assert ">USD</option>" in form
    assert ">GBP</option>" not in form


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (WALLET_CURRENCIES, "KWD, CNY, USD, EUR, GBP"),  # the sum that one decides alone would be 5,000 dinars
        (STALE_DAYS, "90"),  # money would be exchanged at last quarter's rates
    ],
)
def test_nobody_changes_alone_what_money_is_measured_by(staff: Party, setting: Any, text: str) -> None:
    before = setting.value
    assert change(staff, setting.key, text).status_code == 302
    assert (setting.value, ProposedChange.objects.get().key) == (before, setting.key)


def test_what_guards_money_against_one_person_is_changed_by_two(staff: Party) -> None:
    key, other = "bank.second_person_from", colleague_of(staff)
    change(staff, key, "1000000", expected="5000")
    assert SECOND_PERSON_FROM.value == 5_000, "nobody raises alone the sum that one person may decide alone"
    assert "waits for a second person" in page(other.client(), "console:setting", key)
    [waiting] = ProposedChange.objects.all()
    assert change(staff, key, "9", expected="5000").status_code == 422, "one change at a time"

    def answer(by: Party, what: str) -> None:
        by.client().post(reverse("console:setting", args=[key]), {"change": waiting.pk, "answer": what})

    for by, what in ((staff, "agree"), (without_rights(staff), "agree"), (without_rights(staff), "refuse")):
        answer(by, what)
    assert (SECOND_PERSON_FROM.value, ProposedChange.objects.count()) == (5_000, 1)
    answer(other, "agree")
    assert (SECOND_PERSON_FROM.value, ProposedChange.objects.count()) == (1_000_000, 0)
    done = SettingChange.objects.get()
    assert (done.by, done.agreed_by) == (staff.user, other.user)
    change(staff, key, "5000", expected="1000000")
    [waiting] = ProposedChange.objects.all()
    answer(staff, "refuse")
    assert (SECOND_PERSON_FROM.value, ProposedChange.objects.count()) == (1_000_000, 0)
