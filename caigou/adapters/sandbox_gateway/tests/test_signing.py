"""Signatures in the manner of Standard Webhooks: what is genuine and fresh gets through, nothing else (promise 9)."""

from __future__ import annotations

import pytest

from caigou.adapters.sandbox_gateway.signing import TOLERANCE, sign, verify
from caigou.payments.ports import BadSignature

SECRET, ID, AT, BODY = "a secret with blanks", "msg_2", 1_763_800_000, b'{"reference":"abc"}'
#: Made with `openssl dgst -sha256 -hmac`, a second way to the same figure.
GENUINE = "v1,ZRhbEf53GMUVbxiqhMlq8ttyLKFy7KxXv6fbuD9llkQ="


def _headers(**changed: str) -> dict[str, str]:
    headers = {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": GENUINE}
    return headers | {name.replace("_", "-"): value for name, value in changed.items()}


def test_a_signature_is_the_one_that_openssl_makes() -> None:
    assert sign(SECRET, ID, AT, BODY) == GENUINE
    assert sign(SECRET, "evt_é", 1, b"") == "v1,HzfOiOsDN36flLbaQwuKRKs7WLW8+NQ0KW2DBr4yPPQ="


def test_a_genuine_message_gives_its_id() -> None:
    assert verify(SECRET, _headers(), BODY, at=AT) == ID


@pytest.mark.parametrize("late", [-TOLERANCE, 0, TOLERANCE])
def test_clocks_may_differ_by_the_tolerance(late: int) -> None:
    assert verify(SECRET, _headers(), BODY, at=AT + late) == ID


@pytest.mark.parametrize("late", [-TOLERANCE - 1, TOLERANCE + 1, 10**9])
def test_a_stale_message_or_one_from_the_future_is_refused(late: int) -> None:
    """Bad input 54: the signature is right, the time is not."""
    with pytest.raises(BadSignature, match="too old, or from the future"):
        verify(SECRET, _headers(), BODY, at=AT + late)


def test_while_a_secret_rotates_one_of_several_signatures_is_enough() -> None:
    both = f"{sign('the next secret', ID, AT, BODY)} {GENUINE} v2,unknown"
    assert verify(SECRET, _headers(webhook_signature=both), BODY, at=AT) == ID


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(_headers(), b'{"reference":"abd"}', id="another body"),
        pytest.param(_headers(), b'{"reference": "abc"}', id="55: the same JSON written anew"),
        pytest.param(_headers(), BODY + b"\n", id="a byte more"),
        pytest.param(_headers(), BODY[:-1], id="a byte less"),
        pytest.param(_headers(webhook_id="msg_3"), BODY, id="another id"),
        pytest.param(_headers(webhook_timestamp=str(AT + 1)), BODY, id="another time"),
        pytest.param(_headers(webhook_signature=""), BODY, id="55: no signature"),
        pytest.param(_headers(webhook_signature="v1,"), BODY, id="an empty signature"),
        pytest.param(_headers(webhook_signature=GENUINE.removeprefix("v1,")), BODY, id="without its version"),
        pytest.param(_headers(webhook_signature=GENUINE.replace("v1", "v2")), BODY, id="with another version"),
        pytest.param(_headers(webhook_signature="v1,é\udcff"), BODY, id="not even ASCII"),
        pytest.param(_headers(webhook_signature=" ".join(["v1,x"] * 1000 + [GENUINE])), BODY, id="55: a thousand"),
        pytest.param(_headers(webhook_id=""), BODY, id="no id"),
        pytest.param(_headers(webhook_id="x" * 101), BODY, id="an endless id"),
        pytest.param(_headers(webhook_timestamp=""), BODY, id="no time"),
        pytest.param(_headers(webhook_timestamp="-1"), BODY, id="a time before time"),
        pytest.param(_headers(webhook_timestamp="1e9"), BODY, id="a time with an exponent"),
        pytest.param(_headers(webhook_timestamp="١٧٦٣٨٠٠٠٠٠"), BODY, id="a time in other digits"),
        pytest.param(_headers(webhook_timestamp="9" * 400), BODY, id="a time without end"),
        pytest.param({}, BODY, id="no headers at all"),
    ],
)
def test_what_is_not_genuine_is_refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(SECRET, headers, body, at=AT)


def test_a_blank_secret_verifies_nothing() -> None:
    """As Spree's CVE-2020-26223: an empty secret must never match what was signed with an empty secret."""
    with pytest.raises(BadSignature, match="no secret"):
        verify("", _headers(webhook_signature=sign("", ID, AT, BODY)), BODY, at=AT)
