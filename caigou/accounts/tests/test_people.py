"""What the tables of people and companies never allow."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from caigou.accounts.current import actor_on
from caigou.accounts.models import Company, CompanyKind, Seat, User
from caigou.accounts.services.seats import give_seat
from caigou.accounts.tests.doors import PASSWORD, member
from caigou.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


def test_an_address_is_one_person_in_whatever_case() -> None:
    user = User.objects.create_user("Hannah@Example.com", PASSWORD)
    assert user.email == "hannah@example.com"
    with pytest.raises(IntegrityError):
        User.objects.create_user("HANNAH@example.com", PASSWORD)


def test_the_database_refuses_capitals_in_an_address() -> None:
    with pytest.raises(IntegrityError, match="user_email_is_lower_case"):
        User.objects.create(email="Hannah@example.com")


def test_a_password_is_kept_as_an_argon2id_hash_only() -> None:
    user = User.objects.create_user("hannah@example.com", PASSWORD)
    assert user.password.startswith("argon2$argon2id$")
    assert PASSWORD not in user.password


def test_a_person_without_a_password_is_let_in_by_none() -> None:
    assert not User.objects.create_user("hannah@example.com").check_password("")


def test_there_is_one_operator() -> None:
    Company.objects.create(kind=CompanyKind.OPERATOR, name_en="One", country="CN")
    with pytest.raises(IntegrityError, match="one_operator"):
        Company.objects.create(kind=CompanyKind.OPERATOR, name_en="Two", country="CN")


def test_a_country_is_two_capitals() -> None:
    with pytest.raises(IntegrityError, match="company_country_is_two_capitals"):
        Company.objects.create(kind=CompanyKind.BUYER, name_en="One", country="au")


def test_nobody_has_two_seats_at_one_company() -> None:
    seat = member("hannah@example.com").seats.get()
    with pytest.raises(IntegrityError, match="one_seat_each"):
        Seat.objects.create(user=seat.user, company=seat.company)


def test_companies_are_seen_by_themselves_and_by_staff() -> None:
    buyer = actor_on(member("hannah@example.com").seats.get())
    staff = actor_on(member("staff@example.com", kind="operator").seats.get())
    assert [company.pk for company in Company.objects.visible_to(buyer)] == [buyer.company_id]
    assert Company.objects.visible_to(staff).count() == 2
    assert Company.objects.visible_to(SYSTEM).count() == 2


@pytest.mark.parametrize(
    ("route", "chinese"),
    [
        ("account_login", "密码"),
        ("account_signup", "邮箱"),
        ("account_request_login_code", "登录"),
        ("account_reset_password", "密码"),
    ],
)
def test_the_doors_speak_chinese(route: str, chinese: str) -> None:
    """The words are django-allauth's own; ours are held complete by tests/words."""
    page = Client(headers={"accept-language": "zh-CN"}).get(reverse(route))
    assert page.headers["Content-Language"] == "zh-hans"
    assert chinese in page.content.decode()


@pytest.mark.commits
def test_two_who_seat_a_new_person_at_once_seat_one() -> None:
    companies = [Company.objects.create(kind=CompanyKind.SUPPLIER, name_en=name, country="CN") for name in ("A", "B")]
    together, failed = threading.Barrier(2), []

    def give(company: Company) -> None:
        try:
            Company.objects.exists()  # connected
            together.wait(10)
            give_seat("new@example.com", company, by=SYSTEM)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=[company]) for company in companies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert failed == []
    assert Seat.objects.filter(user__email="new@example.com").count() == 2
