"""A guessed code, a stolen token or a new bank account does not become a payout (promise 11).

Guesses are sent to four web processes at once, all of one thief's session. Counted are the answers that tell whether a
guess was right: what is refused unread tells nothing. The right code, sent last, must open nothing any more.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from prove.ground import Ground, use
from prove.over_http.client import Client, Reply
from prove.product import product

#: So many guesses at one secret may be looked at.
MOST = 5
_PROCESSES, _AT_ONCE = 4, 32
_CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
_WRONG_CODE = b"This code is not right"
_WRONG_PASSWORD = b"E-mail or password is not right"
_TRIALS = 200


def thieves(server: Ground, *, guesses: int) -> dict[str, Any]:
    """Guess ``guesses`` times at each secret, use what belongs to others, and ask for payouts before their time."""
    use(server, "thieves")
    broken: Counter[str] = Counter()
    world = _world()
    with product(web_workers=_PROCESSES) as running:
        looked_at = {
            "sign_in_code": _guess_code(running.port, "login/code", world["victim"], guesses, broken),
            "reset_code": _guess_code(running.port, "password/reset", world["victim"], guesses, broken),
            "password": _guess_password(running.port, world["other_victim"], guesses),
        }
        crossed = _cross_use(running.port, world, broken)
    for secret, times in looked_at.items():
        if times > MOST:
            broken[f"guesses_looked_at_{secret}"] = times
    tried, paid = _early_payouts(_TRIALS)
    broken["paid_inside_the_hold"] += paid
    return {
        "guesses_each": guesses,
        "looked_at": looked_at,
        "crossed": crossed,
        "early_payouts_tried": tried,
        "broken": {what: times for what, times in broken.items() if times},
    }


def _world() -> dict[str, Any]:
    from allauth.account.models import EmailAddress
    from django.db import connections

    from caigou.integrations.scopes import scopes_for
    from caigou.integrations.services.keys import make_key
    from tests.support import factories

    mine, theirs = factories.make_deal(), factories.make_buyer()
    order = mine.place_paid()
    other = factories.make_buyer()
    for party in (mine.buyer, theirs, other):
        party.user.set_password("a long and honest password")
        party.user.save()
        EmailAddress.objects.create(user=party.user, email=party.user.email, verified=True, primary=True)
    _key, secret = make_key("proof", scopes_for("buyer"), by=theirs.actor)
    found = {
        "victim": mine.buyer.user.email,
        "other_victim": other.user.email,
        "thief": theirs.user.email,
        "thief_secret": secret,
        "thief_session": theirs.client().cookies["sessionid"].value,
        "order": order.public_id,
        "offer": mine.offer.public_id,
        "request": mine.inquiry.public_id,
        "address": mine.address.public_id,
    }
    connections.close_all()
    return found


def _session_of(reply: Reply) -> str:
    found = re.search(r"sessionid=([^;]+)", reply.headers.get("set-cookie", ""))
    return found.group(1) if found else ""


def _newest_code(email: str) -> str:
    from django.db import connections

    from caigou.notices.models import KeptMail

    mail = KeptMail.objects.filter(to__contains=email).first()
    connections.close_all()
    found = _CODE.search(mail.body) if mail else None
    assert found, f"no code was sent to {email}"
    return found.group()


def _at_once(port: int, times: int, do: Callable[[Client, int], Reply | None]) -> list[Reply]:
    """Do it ``times`` times, 32 at once; return the answers."""

    def some(place: int) -> list[Reply]:
        client = Client(port)
        replies = [do(client, turn) for turn in range(place, times, _AT_ONCE)]
        client.close()
        return [reply for reply in replies if reply is not None]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [reply for replies in pool.map(some, range(_AT_ONCE)) for reply in replies]


def _guess_code(port: int, path: str, email: str, guesses: int, broken: Counter[str]) -> int:
    """Have a code sent, and guess at it; return how many guesses were told to be wrong."""
    client = Client(port)
    asked = client.page("", "POST", f"/account/{path}/", f"email={email}")
    session = _session_of(asked)
    assert session, f"{path}: {asked.status} {asked.body[:300]!r}"
    confirm = f"/account/{path}/confirm/"
    replies = _at_once(
        port, guesses, lambda own, turn: own.page_once(session, "POST", confirm, f"code=AAAA-{turn:04d}")
    )
    looked_at = sum(_WRONG_CODE in reply.body for reply in replies)
    broken["odd_answers"] += sum(reply.status not in {200, 302, 429} for reply in replies)
    right = client.page(session, "POST", confirm, f"code={_newest_code(email)}")
    opened = _session_of(right) or session
    broken["right_code_opened_after_all"] += client.page(opened, "GET", "/me/").status == 200
    broken["right_code_opened_after_all"] += "set" in right.headers.get("location", "")
    client.close()
    return looked_at


def _guess_password(port: int, email: str, guesses: int) -> int:
    """Guess at a password from one address; return how many guesses were told to be wrong."""
    replies = _at_once(
        port,
        guesses,
        lambda own, turn: own.page_once("", "POST", "/account/login/", f"login={email}&password=guess-number-{turn}"),
    )
    return sum(_WRONG_PASSWORD in reply.body for reply in replies)


def _cross_use(port: int, world: dict[str, Any], broken: Counter[str]) -> int:
    """Use what is somebody else's with one's own key, session and pending sign-in; nothing may come of it."""
    client, secret = Client(port), world["thief_secret"]
    order, tried = world["order"], 0
    expected = {"expected": {"amount": "2904.00", "currency": "CNY"}}
    for method, path, body in (
        ("GET", f"orders/{order}", None),
        ("POST", f"orders/{order}/pay", expected),
        ("POST", f"orders/{order}/confirm", expected),
        ("POST", f"orders/{order}/cancel", {"reason": "mine"}),
        ("POST", "orders", {"offer": world["offer"], "address": world["address"], "quantity": 240}),
        ("GET", f"requests/{world['request']}", None),
        ("POST", f"offers/{world['offer']}/accept", None),
    ):
        tried += 1
        key = f"thief-key-{tried}" if method == "POST" else ""
        broken["used_anothers"] += client.api(secret, method, path, body, key=key).status not in {403, 404, 422}
    for path in (f"/orders/{order}/", f"/orders/{order}/pay/"):
        tried += 1
        broken["used_anothers"] += client.page(world["thief_session"], "GET", path).status == 200
    # The thief asks for a code of its own, and gives the victim's in its place.
    mine = client.page("", "POST", "/account/login/code/", f"email={world['thief']}")
    client.page("", "POST", "/account/login/code/", f"email={world['other_victim']}")
    session = _session_of(mine)
    code = _newest_code(world["other_victim"])
    given = client.page(session, "POST", "/account/login/code/confirm/", f"code={code}")
    broken["used_anothers"] += client.page(_session_of(given) or session, "GET", "/me/").status == 200
    client.close()
    return tried + 1


def _early_payouts(trials: int) -> tuple[int, int]:
    """Ask for payouts to new accounts at moments before their cooling-off ends; return how many were tried and paid."""
    from caigou.accounts.models import Company
    from caigou.kernel.clock import frozen
    from caigou.kernel.errors import DomainError
    from caigou.payments.bank.tests.banking import cny, our_account, person
    from caigou.payments.payouts.services.request import request_payout
    from caigou.payments.payouts.tests import test_payouts as known

    our_account()
    company = known.earn(Company.objects.create(kind="supplier", name_en="Qingyao", country="CN"))
    account, draw, paid = known.confirmed(company), random.Random(trials), 0
    began = account.entered_at
    for _trial in range(trials):
        early = timedelta(seconds=draw.uniform(0, 48 * 3600 - 1))
        try:
            with frozen(began + early):
                request_payout(company, account.pk, cny("0.01"), by=person(company=company))
            paid += 1
        except DomainError:
            pass
    with frozen(began + timedelta(hours=48, seconds=1)):
        request_payout(company, account.pk, cny("0.01"), by=person(company=company))  # it is the hold that refused
    return trials, paid
