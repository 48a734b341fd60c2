"""The password once more before a key and a payout account, and mail to everybody at the company (A5, D5)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from caigou.accounts.fresh import SEEN
from caigou.accounts.models import Seat, User
from caigou.accounts.services.credentials import payouts_held_until
from caigou.accounts.tests.doors import PASSWORD, member, post
from caigou.integrations.models import ApiKey
from caigou.jobs.calls import make_due
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput
from caigou.payments.payouts.models import PayoutAccount
from caigou.payments.payouts.services.accounts import confirm_payout_account
from caigou.payments.payouts.services.request import check_not_held
from tests.support.factories import make_staff

pytestmark = pytest.mark.django_db
_KEY = {"name": "ERP", "scopes": ["read:orders"]}
_ACCOUNT = {
    "do": "account", "holder": "Yiwu Lights", "number": "6222021234567890", "bank_name": "ICBC Yiwu",
    "bic": "ICBKCNBJ", "country": "CN", "currency": "CNY",
}  # fmt: skip


def long_ago(user: User) -> Client:
    """A browser in which the person signed in before the last quarter of an hour."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SEEN] = (now() - timedelta(minutes=15, seconds=1)).timestamp()
    session.save()
    return client


def ask(client: Client, route: str, form: dict[str, Any]) -> tuple[int, str]:
    answer = client.post(reverse(route), form)
    return answer.status_code, answer.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("route", "form", "made", "kind"),
    [("web:key_new", _KEY, ApiKey, "buyer"), ("web:payouts", _ACCOUNT, PayoutAccount, "supplier")],
)
def test_a_browser_left_open_is_asked_for_the_password_and_loses_nothing_typed(
    route: str, form: dict[str, Any], made: Any, kind: str
) -> None:
    client = long_ago(member("kim@example.com", kind=kind))
    assert 'type="password"' in client.get(reverse(route)).content.decode()
    for typed in ({}, {"password": "Horse-battery-staple-8"}):
        status, page = ask(client, route, {**form, **typed})
        assert status == 422
        assert str(form.get("name") or form["holder"]) in page
    assert "This is not your password." in page
    assert not made.objects.exists()
    assert ask(client, route, {**form, "password": PASSWORD})[0] < 400
    assert made.objects.count() == 1
    assert 'type="password"' not in client.get(reverse(route)).content.decode(), "who was seen just now isn't asked"


def test_who_has_just_signed_in_is_asked_again_after_a_quarter_of_an_hour() -> None:
    member("kim@example.com")
    client = Client()
    post(client, "account_login", login="kim@example.com", password=PASSWORD)
    assert ask(client, "web:key_new", _KEY)[0] == 200
    with frozen(now() + timedelta(minutes=16)):
        assert ask(client, "web:key_new", _KEY)[0] == 422


def test_who_has_no_password_signs_in_again() -> None:
    status, page = ask(long_ago(member("kim@example.com", password=None)), "web:key_new", _KEY)
    assert (status, ApiKey.objects.count()) == (422, 0)
    assert "sign in again with a code" in page


def test_passwords_can_be_tried_only_so_often() -> None:
    client = long_ago(member("kim@example.com"))
    for _turn in range(10):
        ask(client, "web:key_new", {**_KEY, "password": "no"})
    status, page = ask(client, "web:key_new", {**_KEY, "password": PASSWORD})
    assert (status, ApiKey.objects.count()) == (422, 0)
    assert "Too many tries" in page


# --- Letters ------------------------------------------------------------------------------------------------------


def colleagues(kind: str) -> User:
    """Two people of one company, who read different languages, and one of another."""
    first = member("kim@example.com", kind=kind)
    second = member("lin@example.com", kind=kind)
    member("other@example.com", kind=kind)
    User.objects.filter(pk=second.pk).update(language="zh-hans")
    Seat.objects.filter(user=second).update(company=first.seats.get().company)
    return first


def sent(mails: list[EmailMessage]) -> dict[str, list[str]]:
    make_due()
    told: dict[str, list[str]] = {}
    for mail in mails:
        told.setdefault(mail.to[0], []).append(f"{mail.subject}\n{mail.body}")
    mails.clear()
    return told


def test_everybody_at_the_company_hears_of_a_payout_account(mailoutbox: list[EmailMessage]) -> None:
    client = Client()
    client.force_login(colleagues("supplier"))
    ask(client, "web:payouts", {**_ACCOUNT, "password": PASSWORD})
    told = sent(mailoutbox)
    assert told.keys() == {"kim@example.com", "lin@example.com"}
    assert "…7890 CNY" in told["kim@example.com"][0]
    assert "6222021234567890" not in told["kim@example.com"][0]
    assert "公司：Kim supplier" in told["lin@example.com"][0]
    assert "已添加一个收款账户。" in told["lin@example.com"][0]
    account = PayoutAccount.objects.get()
    confirm_payout_account(account.pk, asked_how="Rang Kim.", by=make_staff().actor)
    assert "confirmed" in sent(mailoutbox)["kim@example.com"][0]
    client.post(reverse("web:payouts"), {"do": "remove", "one": account.public_id})
    assert "removed" in sent(mailoutbox)["kim@example.com"][0]


def test_everybody_at_the_company_hears_of_a_key_but_not_its_secret(mailoutbox: list[EmailMessage]) -> None:
    client = Client()
    client.force_login(colleagues("buyer"))
    page = ask(client, "web:key_new", {**_KEY, "password": PASSWORD})[1]
    [secret] = set(re.findall(r"cgk_\w+_([\w-]+)", page))
    told = sent(mailoutbox)
    assert told.keys() == {"kim@example.com", "lin@example.com"}
    assert ApiKey.objects.get().prefix in told["kim@example.com"][0]
    assert secret not in str(told)
    client.post(reverse("web:key_revoke", args=[ApiKey.objects.get().public_id]))
    assert "revoked" in sent(mailoutbox)["kim@example.com"][0]


def test_another_address_takes_the_password_is_told_to_the_old_one_and_holds_payouts(
    mailoutbox: list[EmailMessage],
) -> None:
    kim = member("kim@example.com", kind="supplier")
    EmailAddress.objects.create(user=kim, email="thief@example.com", verified=True)
    client, form = long_ago(kim), {"action_primary": "", "email": "thief@example.com"}
    assert client.post(reverse("account_email"), form)["Location"].startswith(reverse("account_reauthenticate"))
    assert User.objects.get().email == "kim@example.com"
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), form)
    assert User.objects.get().email == "thief@example.com"
    assert [mail.to for mail in mailoutbox if "with thief@example.com now" in mail.body] == [["kim@example.com"]]
    company = kim.seats.get().company
    until = payouts_held_until(company.pk)
    assert until is not None
    with pytest.raises(BadInput, match="changed password or e-mail"):
        check_not_held(company)
    with frozen(until + timedelta(seconds=1)):
        check_not_held(company)


def test_a_new_password_holds_payouts_too(mailoutbox: list[EmailMessage]) -> None:
    kim = member("kim@example.com", kind="supplier")
    words = {"oldpassword": PASSWORD, "password1": "A-brand-new-one-1", "password2": "A-brand-new-one-1"}
    long_ago(kim).post(reverse("account_change_password"), words)
    assert payouts_held_until(kim.seats.get().company_id) is not None
    assert "password was changed" in mailoutbox[-1].body
