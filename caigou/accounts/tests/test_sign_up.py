"""Open an account by e-mail (A1 at its simplest, A5): password, code, company, language."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from caigou.accounts.models import Company, CompanyKind, User
from caigou.accounts.tests.doors import PASSWORD, is_signed_in, member, newest_code, post
from caigou.notices.models import KeptMail

pytestmark = pytest.mark.django_db

HANNAH = {
    "email": "Hannah@Example.com",
    "password1": PASSWORD,
    "name": "Hannah Park",
    "company": "Park Hotels",
    "country": "AU",
}
EMAIL = "hannah@example.com"


def _sign_up(client: Client, **changed: str) -> None:
    answer = post(client, "account_signup", **(HANNAH | changed))
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer["Location"] == reverse("account_email_verification_sent")


def test_nobody_is_in_before_the_address_is_verified(client: Client) -> None:
    _sign_up(client)
    assert not is_signed_in(client)
    assert client.get(reverse("web:me")).status_code == 302
    assert not EmailAddress.objects.get(email=EMAIL).verified


def test_the_code_from_the_mail_opens_the_account(client: Client) -> None:
    _sign_up(client)
    answer = post(client, "account_email_verification_sent", code=newest_code(EMAIL))
    assert answer.status_code == 302
    assert is_signed_in(client)
    assert EmailAddress.objects.get(email=EMAIL).verified
    assert client.get(answer["Location"]).status_code in {200, 302}

    user = User.objects.get(email=EMAIL)
    company = user.seats.get().company
    assert (user.name, company.kind, company.name_en, company.country) == (
        "Hannah Park",
        CompanyKind.BUYER,
        "Park Hotels",
        "AU",
    )


def test_without_a_password_codes_open_the_account_and_later_the_door(client: Client) -> None:
    _sign_up(client, password1="")
    post(client, "account_email_verification_sent", code=newest_code(EMAIL))
    assert is_signed_in(client)
    assert not User.objects.get(email=EMAIL).has_usable_password()

    later = Client()
    post(later, "account_login", login=EMAIL, password="")
    assert not is_signed_in(later)
    post(later, "account_request_login_code", email=EMAIL)
    post(later, "account_confirm_login_code", code=newest_code(EMAIL))
    assert is_signed_in(later)


def test_a_wrong_code_opens_nothing(client: Client) -> None:
    _sign_up(client)
    wrong = "ZZZZ-ZZZZ" if newest_code(EMAIL) != "ZZZZ-ZZZZ" else "YYYY-YYYY"
    post(client, "account_email_verification_sent", code=wrong)
    assert not is_signed_in(client)
    assert not EmailAddress.objects.get(email=EMAIL).verified


def test_a_code_of_one_person_does_not_verify_another(client: Client) -> None:
    """As Saleor's CVE-2026-35407: a token must be bound to its user."""
    _sign_up(client)
    stranger = Client()
    _sign_up(stranger, email="eve@example.com")
    post(stranger, "account_email_verification_sent", code=newest_code(EMAIL))
    assert not is_signed_in(stranger)
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_who_buys_alone_is_a_company_of_one(client: Client) -> None:
    _sign_up(client, company="")
    assert Company.objects.get().name_en == "Hannah Park"


def test_the_language_of_the_page_becomes_the_persons_own() -> None:
    client = Client(headers={"accept-language": "zh-CN,zh;q=0.9"})
    _sign_up(client)
    assert User.objects.get(email=EMAIL).language == "zh-hans"


def test_an_address_that_has_an_account_gets_a_mail_and_the_page_looks_the_same(client: Client) -> None:
    """No enumeration: only the owner of the mailbox learns that there is an account."""
    member(EMAIL)
    _sign_up(client, password1="Another-password-1234")
    known = client.get(reverse("account_email_verification_sent"))
    assert User.objects.count() == 1
    assert not is_signed_in(client)
    mail = KeptMail.objects.get(to=EMAIL)
    assert "already" in mail.body

    other = Client()
    _sign_up(other, email="nobody@example.com")
    unknown = other.get(reverse("account_email_verification_sent"))
    assert known.status_code == unknown.status_code
    assert _without_secrets(known.content, EMAIL) == _without_secrets(unknown.content, "nobody@example.com")


def test_the_mail_is_the_houses_own_and_in_the_readers_language() -> None:
    _sign_up(Client(), email="english@example.com")
    _sign_up(Client(headers={"accept-language": "zh-CN"}), email="chinese@example.com")
    english, chinese = KeptMail.objects.get(to="english@example.com"), KeptMail.objects.get(to="chinese@example.com")
    assert "Caigou" in english.body
    assert "testserver" not in english.body + english.subject + chinese.body
    assert "code" in english.body
    assert "验证码" in chinese.body
    assert "code" not in chinese.body + chinese.subject


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("password1", "short", id="a short password"),
        pytest.param("password1", "password123", id="a common password"),
        pytest.param("password1", "hannah@example.com", id="the address as password"),
        pytest.param("email", "not-an-address", id="no address"),
        pytest.param("name", "", id="no name"),
        pytest.param("country", "XX", id="no country"),
        pytest.param("name", "a\x00b", id="NUL"),
    ],
)
def test_bad_input_is_refused_beside_its_field(client: Client, field: str, value: str) -> None:
    answer = post(client, "account_signup", **(HANNAH | {field: value}))
    assert answer.status_code in {200, 422}
    assert field in answer.context["form"].errors
    assert User.objects.count() == 0
    assert Company.objects.count() == 0


def test_nobody_signs_up_as_staff_or_supplier(client: Client) -> None:
    """Bad input 26: fields that the form doesn't have change nothing."""
    _sign_up(client, role="staff", kind="operator", is_staff="1", is_active="1")
    assert User.objects.get().seats.get().company.kind == CompanyKind.BUYER


def _without_secrets(page: bytes, email: str) -> str:
    text = page.decode().replace(email, "…")
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)
