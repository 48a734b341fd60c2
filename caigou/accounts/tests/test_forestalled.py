"""An account that somebody opened in another's name before them, with a password of their own, opens nothing."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from caigou.accounts.models import Company, CompanyKind
from caigou.accounts.services.seats import give_seat
from caigou.accounts.tests.doors import PASSWORD, is_signed_in, member, newest_code, post
from caigou.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db

EMAIL = "boss@example.com"


def by_code(client: Client) -> None:
    post(client, "account_request_login_code", email=EMAIL)
    post(client, "account_confirm_login_code", code=newest_code(EMAIL))


def by_password(client: Client) -> None:
    post(client, "account_login", login=EMAIL, password=PASSWORD)


FIELDS = {"email": EMAIL, "password1": PASSWORD, "name": "Mallory", "company": "M", "country": "AU"}


@pytest.mark.parametrize("seated", [False, True])
def test_the_password_of_who_never_proved_the_address_ends_when_its_owner_comes(*, seated: bool) -> None:
    owner, stranger = Client(), Client()
    post(stranger, "account_signup", **FIELDS)
    if seated:
        give_seat(EMAIL, Company.objects.create(kind=CompanyKind.SUPPLIER, name_en="Kiln", country="CN"), by=SYSTEM)

    by_code(owner)
    assert owner.get(reverse("web:me")).status_code == 200
    by_password(stranger)
    stranger.get(reverse("account_email_verification_sent"))

    assert not is_signed_in(stranger)
    by_code(owner)
    assert is_signed_in(owner)


def test_a_further_address_of_somebody_proven_takes_nothing_away() -> None:
    person = member("hannah@example.com")
    EmailAddress.objects.create(user=person, email=EMAIL, verified=False)

    by_code(Client())

    person.refresh_from_db()
    assert EmailAddress.objects.get(email=EMAIL).verified
    assert person.check_password(PASSWORD)


def test_who_proves_it_where_it_was_opened_keeps_the_password(client: Client) -> None:
    post(client, "account_signup", **FIELDS)
    post(client, "account_email_verification_sent", code=newest_code(EMAIL))
    by_code(Client())
    again = Client()
    by_password(again)
    assert is_signed_in(again)
