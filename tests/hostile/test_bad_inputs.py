"""Every route with every bad input: never a fault of ours (5xx), never a move of money.

The routes come from the URL table; the fields come from the complete forms of the access matrix and, for the pages
of the library that signs people in, from the form on the page itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urljoin, urlsplit
from zlib import crc32

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.http.cookie import SimpleCookie
from django.test import Client, RequestFactory
from django.urls import reverse

from caigou.accounts.middleware import policy_of
from caigou.config.checks import all_routes
from caigou.config.middleware import Readable
from caigou.kernel.money import Money
from tests.access.table import FORMS, HARMLESS, MAY_BE_UNREADY, THINGS
from tests.hostile.inputs import BAD_TEXTS, PARAMETERS
from tests.support.factories import fund
from tests.support.world import World

pytestmark = pytest.mark.slow

ROUTES = dict(all_routes())


def _kind_of(name: str) -> tuple[str, str]:
    return name.partition(":")[0] if ":" in name else "", str(policy_of(ROUTES[name].callback, name))


_MONEY = """
SELECT coalesce(md5(string_agg(b::text, '|' ORDER BY b::text)), ''), (SELECT count(*) FROM ledger.transfer)
  FROM (SELECT account_id, debits_posted, credits_posted, debits_pending, credits_pending FROM ledger.balance
         WHERE debits_posted + credits_posted + debits_pending + credits_pending > 0) b
"""


def money() -> Any:
    """A fingerprint of every balance and of how many transfers there are."""
    with connection.cursor() as cursor:
        cursor.execute(_MONEY)
        return cursor.fetchone()


class Door:
    """One route as the one who may use it most sees it."""

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self.side = world.sides["own"]
        roles = policy_of(ROUTES[name].callback, name)
        viewers = {viewer.name: viewer for viewer in world.viewers}
        order = [viewers[one] for one in ("buyer", "supplier", "staff", "person without a seat", "anonymous")]
        self.viewer = next(v for v in order if roles.allows(v.role, signed_in=v.signed_in, rights=v.rights))
        if (name.startswith("account_") and roles.anonymous) or name == "web:company_new":
            self.viewer = viewers["anonymous" if name.startswith("account_") else "person without a seat"]
        things = THINGS.get(name)
        self.url = reverse(name, args=[things[0].of(self.side)] if things else _made_up(name))
        fund(self.side.buyer, Money(50_000_00, "CNY"))

    def client(self) -> Client:
        client = Client(raise_request_exception=False)
        client.cookies = SimpleCookie(self.viewer.cookies)
        return client

    def form(self) -> dict[str, Any]:
        """The complete form of the route."""
        if self.name in FORMS:
            return dict(FORMS[self.name](self.side))
        return dict.fromkeys(self._fields_on_the_page(), "") | dict(HARMLESS.get(self.name, {}))

    def _fields_on_the_page(self) -> list[str]:
        answer = self.client().get(self.url)
        if answer.status_code != 200 or answer.streaming or "html" not in answer.headers["Content-Type"]:
            return []
        names = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', answer.content.decode())
        return [name for name in dict.fromkeys(names) if name not in ("csrfmiddlewaretoken", "q")]


def _made_up(name: str) -> list[str]:
    """Something for each parameter of a library's route."""
    count = ROUTES[name].pattern.regex.groups if hasattr(ROUTES[name].pattern, "regex") else 0
    return ["1"] * count


def send(door: Door, method: str, url: str, what: str, data: Any = None, **more: Any) -> HttpResponseBase:
    """Send one request and take back what it did; asserts that it was answered and moved no money."""
    with transaction.atomic():
        before = money()
        client = door.client()
        if isinstance(data, bytes | str):  # the client's own post() would mend it
            answer: HttpResponseBase = client.generic(method, url, data, **more)
        else:
            answer = client.get(url, **more) if method == "GET" else client.post(url, data or {}, **more)
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        cell = f"{door.viewer.name}: {method} {door.name}: {what} → {answer.status_code}"
        assert answer.status_code < 500 or answer.status_code == MAY_BE_UNREADY.get(door.name), cell
        assert stays_here(answer), cell
        assert money() == before, f"{cell}: money moved"
        transaction.set_rollback(True)
    return answer


def stays_here(answer: HttpResponseBase) -> bool:
    """Whether a browser that follows the answer stays on this site."""
    there = urlsplit(urljoin("http://testserver/here/", answer.headers.get("Location", "").replace("\\", "/")))
    return there.scheme == "http" and there.hostname in {"testserver", "localhost"}


def encoded(pairs: Mapping[str, str]) -> str:
    """A query string that keeps what Python's own encoder refuses."""
    return "&".join(f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in pairs.items())


#: How many cells of a route's table belong to every run; the whole table takes a quarter of an hour.
_IN_EVERY_RUN = 24

Cell = TypeVar("Cell", bound=tuple[object, ...])


def drawn(name: str, cells: Iterable[Cell]) -> list[Cell]:
    """The share of a route's cells that belongs to every run, always the same; all with ``CAIGOU_HOSTILE=all``.

    Each value meets many fields and each field many values.
    """
    if os.environ.get("CAIGOU_HOSTILE") == "all":
        return list(cells)
    return sorted(cells, key=lambda cell: crc32(f"{name}/{cell[:2]}".encode()))[:_IN_EVERY_RUN]


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of requests whose address somebody asked for its parameters; most routes never do."""
    found: list[str] = []
    read = WSGIRequest.GET.func  # type: ignore[attr-defined]

    def noted(request: WSGIRequest) -> QueryDict:
        found.append(request.path)
        if not hasattr(request, "told"):
            request.told = read(request)  # type: ignore[attr-defined]
        return request.told  # type: ignore[attr-defined,no-any-return]

    monkeypatch.setattr(WSGIRequest, "GET", property(noted))
    return found


#: Where nobody asks for the parameters of an address, or takes a body, these many must do: all are alike.
_A_FEW = 3


@pytest.mark.django_db
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_an_address_with_bad_parameters_is_answered(name: str, world: World, asked_for: list[str]) -> None:
    door = Door(name, world)
    for turn, (what, bad) in enumerate(drawn(name, BAD_TEXTS.items())):
        if turn == _A_FEW and not asked_for:
            break
        query = encoded(dict.fromkeys(PARAMETERS, bad[:1_000]))
        send(door, "GET", f"{door.url}?{query}", what)


def forms_with(form: Mapping[str, Any], bad: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in form:
        yield field, {**form, field: bad}
        if bad == "":
            yield f"no {field}", {name: value for name, value in form.items() if name != field}


@pytest.mark.django_db
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_form_with_a_bad_value_is_answered_and_moves_no_money(name: str, world: World) -> None:
    door = Door(name, world)
    fields = {**door.form(), "next": "/"}
    plain = {field: str(value) for field, value in fields.items() if field != "file"}
    typed = "application/x-www-form-urlencoded"
    if send_once(door).status_code == 405:
        return
    cells = [
        (field, what, form)
        for what, bad in BAD_TEXTS.items()
        for field, form in forms_with(plain, bad)
        if field not in _MEANT.get(name, ())
    ]
    for field, what, form in drawn(name, cells):
        send(door, "POST", door.url, f"{field} is {what}", encoded(form), content_type=typed)


#: Any text is a good reason or decision here, and what follows from it may move money.
_MEANT: Mapping[str, frozenset[str]] = {
    "web:order_pay": frozenset({"next", "no next"}),
    "web:order_confirm": frozenset({"next", "no next"}),
    "web:exchange_quote": frozenset({"next", "no next"}),
    "console:case_decide": frozenset({"next", "no next"}),
    "console:bank_line": frozenset({"reason", "next", "no next"}),
    "console:apart_decide": frozenset({"reason", "next", "no next"}),
    "console:refunds": frozenset({"reason", "next", "no next"}),
    "console:service_new": frozenset({"words", "once", "next", "no next"}),
    "web:line_back": frozenset({"words", "next", "no next"}),
    "web:refund": frozenset({"next", "no next"}),
    "web:refund_new": frozenset({"words", "next", "no next"}),
}


def send_once(door: Door) -> HttpResponseBase:
    return send(door, "POST", door.url, "an empty form", {})


@pytest.mark.django_db
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_body_in_a_wrong_shape_is_answered_and_moves_no_money(name: str, world: World) -> None:
    door = Door(name, world)
    for turn, (what, kind, body) in enumerate(_BODIES):
        answer = send(door, "POST", door.url, what, body, content_type=kind)
        if turn == _A_FEW and answer.status_code == 405:
            break


_BODIES: tuple[tuple[str, str, bytes], ...] = (
    ("JSON", "application/json", b'{"expected": 1e400, "quantity": [1]}'),
    ("no type", "", b"expected=1"),
    ("a part without boundary", "multipart/form-data", b"--x\r\n"),
    ("a part that never ends", "multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"'),
    ("a text as a file", "multipart/form-data; boundary=x",
     b'--x\r\nContent-Disposition: form-data; name="quantity"; filename="a\x00/../b"\r\n\r\nx\r\n--x--\r\n'),
    ("broken UTF-8", "application/x-www-form-urlencoded", b"reason=\xff\xfe&name=%ff%c0%80&q=%ed%a0%80&next=%ff"),
    ("semicolons", "application/x-www-form-urlencoded", b"a=1;b=2;;;=&&&=%"),
    ("many fields", "application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(3_100))),
    ("a field many times", "application/x-www-form-urlencoded", b"&".join([b"expected=1"] * 400)),
    ("large", "application/x-www-form-urlencoded", b"reason=" + b"x" * 3_000_000),
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_headers_that_lie_are_answered(name: str, world: World) -> None:
    """One by one at a route of each kind, where middleware and doors differ; all together at all others."""
    door = Door(name, world)
    one_by_one = name in _ONE_OF_EACH_KIND
    for what, more in (_HEADERS if one_by_one else _TOGETHER).items():
        send(door, "GET", door.url + "?q=x&page=2&next=%ff", what, **more)
    for what, cookie in (_COOKIES if one_by_one else {"all cookies": "; ".join(_COOKIES.values())}).items():
        with transaction.atomic():
            client = Client(raise_request_exception=False)
            answer = client.get(door.url, HTTP_COOKIE=cookie)
            assert answer.status_code < 500 or name in MAY_BE_UNREADY, f"GET {name} with {what}: {answer.status_code}"
            transaction.set_rollback(True)


_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "an unknown charset": {"CONTENT_TYPE": "text/plain; charset=nonsense"},
    "raw bytes in the address": {"QUERY_STRING": "q=\xff\xfe\x00&page=\xff"},
    "a language that nobody speaks": {"HTTP_ACCEPT_LANGUAGE": "x" * 5_000 + ",zh;q=9,*;q=-1,\x00"},
    "another host's name": {"HTTP_HOST": "evil.test"},
    "a host that is none": {"HTTP_HOST": "local host:x@/"},
    "forwarded": {"HTTP_X_FORWARDED_FOR": "1.2.3.4, \x00", "HTTP_X_FORWARDED_HOST": "evil.test",
                  "HTTP_X_FORWARDED_PROTO": "https,http"},
    "a length that is none": {"CONTENT_LENGTH": "many"},
    "a request id with lines": {"HTTP_X_REQUEST_ID": "abcdefgh\r\nX: 1"},
    "an entity tag that is none": {"HTTP_IF_NONE_MATCH": '"\x00', "HTTP_IF_MODIFIED_SINCE": "never"},
    "htmx from elsewhere": {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[evil"},
}  # fmt: skip

#: What doesn't end a request before any view of ours sees it.
_TOGETHER: Mapping[str, Mapping[str, Any]] = {
    "all headers": {
        name: value
        for what, more in _HEADERS.items()
        if what not in ("another host's name", "a host that is none", "raw bytes in the address")
        for name, value in more.items()
    },
    "raw bytes": _HEADERS["raw bytes in the address"],
}
#: The first route of each part of the house for each policy.
_ONE_OF_EACH_KIND = {next(names) for _kind, names in groupby(sorted(ROUTES, key=_kind_of), key=_kind_of)}

_COOKIES: Mapping[str, str] = {
    "a session of nobody": f"{settings.SESSION_COOKIE_NAME}=zzzzzzzzzzzzzzzz",
    "a session with a NUL": f'{settings.SESSION_COOKIE_NAME}="aaaaaaaaaaaa\\000b"',
    "a huge session": f"{settings.SESSION_COOKIE_NAME}={'x' * 7_000}",
    "a session in four bytes": f'{settings.SESSION_COOKIE_NAME}="aaaaaaaa\\377\\377"',
    "a huge language": f"{settings.LANGUAGE_COOKIE_NAME}={'zh-' * 2_000}",
    "a language with a NUL": f'{settings.LANGUAGE_COOKIE_NAME}="zh\\000"',
    "a secret with a NUL": f'{settings.CSRF_COOKIE_NAME}="\\000"; messages="\\000:x:y"',
    "no cookie at all": "=;;=;$Version=1; \x01",
}


_PATHS = (
    "/%00", "/%ff", "/orders/%00/", "/p/%ED%A0%80/", "/" + "a/" * 3_000, "/%2e%2e/%2e%2e/etc/passwd",
    "/static/%00", "/static/../../pyproject.toml", "/static/%2e%2e%2fpyproject.toml", "//evil.test/%2f..",
    "/CONSOLE/", "/console", "/orders/" + "a" * 5_000 + "/", "/account/confirm-email/%00/",
    "/account/password/reset/key/" + "z" * 50 + "-%00/", "/account/password/reset/key/zzzzzzzz-set-password/",
)  # fmt: skip


@pytest.mark.django_db
def test_paths_that_nobody_wrote_are_not_found() -> None:
    client = Client(raise_request_exception=False)
    for path in _PATHS:
        for method in ("get", "post", "head", "put", "delete", "options", "trace", "patch"):
            answer = getattr(client, method)(path)
            assert answer.status_code < 500, f"{method} {path[:80]} → {answer.status_code}"
            assert stays_here(answer), f"{method} {path[:80]} leads to {answer.headers['Location'][:80]}"


@pytest.mark.parametrize("charset", ["base64", "hex", "rot13", "utf-16", "unicode_escape", "idna", "x" * 5_000])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_charset_other_than_utf_8_is_refused_at_the_door(kind: str, charset: str) -> None:
    """Django would stumble over it while it makes the request, where no page can be drawn any more."""
    from caigou.config.wsgi import application

    environ = RequestFactory().get("/search/", {"q": "x"}).environ | {"CONTENT_TYPE": f"{kind}; charset={charset}"}
    told: list[str] = []

    body = b"".join(application(environ, lambda status, _headers: told.append(status)))

    assert told == ["400 Bad Request"]
    assert b"UTF-8" in body


def test_a_body_beyond_every_limit_is_refused_unread() -> None:
    request = RequestFactory().post("/account/login/", {"file": "x"})
    request.META["CONTENT_LENGTH"] = str(10**12)

    with pytest.raises(RequestDataTooBig):
        Readable(lambda _request: HttpResponse())(request)


NAMES = ("a\x00.csv", "../../a.csv", "C:\\x\\a.csv", "a\r\nX: 1.csv", "\u202evsc.csv", "x" * 300 + ".csv", ".csv",
         "CON.csv", "\U0001f600" * 100 + ".csv", "=1+1.csv", "<b>.csv")  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("file_name", NAMES, ids=ascii)
def test_a_file_is_stored_under_a_name_that_nobody_chose(file_name: str, world: World) -> None:
    door = Door("console:imports", world)
    before = set(Path(settings.CAIGOU_UPLOADS).rglob("*"))
    part = f'Content-Disposition: form-data; name="file"; filename="{file_name}"\r\n\r\nexternal_id\r\n'
    body = f"--x\r\n{part}--x--\r\n".encode()

    answer = door.client().generic("POST", door.url, body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code in {302, 422, 400}, answer.status_code
    for stored in set(Path(settings.CAIGOU_UPLOADS).rglob("*")) - before:
        assert re.fullmatch(r"[0-9a-z]{20}", stored.name)
        stored.unlink()
    shown = door.client().get(door.url).content.decode()
    assert "<b>.csv" not in shown
