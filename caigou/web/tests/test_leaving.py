"""A company takes all that it has here with it, and nothing of anybody else's (number 12 of section 5)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from subprocess import run
from sys import executable

import pytest
from django.urls import reverse

from caigou.kernel.money import Money
from caigou.ledger.services import quote_exchange
from caigou.negotiation.models import Inquiry
from caigou.payments.rates.exchange import confirm
from caigou.statements.models import Commitment
from caigou.statements.proofs.commit import commit_balances
from caigou.wallets.services.authorise import authorise
from caigou.wallets.services.charge import charge_service
from tests.support.factories import Party, fund, make_buyer, make_deal, make_staff

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def taken(party: Party) -> dict[str, list[dict[str, str]]]:
    """The tables of the party's file, by name."""
    answer = party.client().get(reverse("web:leaving_zip"))
    file = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert file.testzip() is None
    named = {name: file.read(name).decode("utf-8-sig") for name in file.namelist()}
    tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in named.items() if name.endswith("csv")}
    return tables | {name: [json.loads(text)] for name, text in named.items() if name.endswith("json")}


def test_the_file_has_all_of_a_company_and_nothing_of_others(tmp_path: Path) -> None:
    deal, other = make_deal(), make_deal()
    order, foreign = deal.place_paid(), other.place_paid()
    Inquiry.objects.update(wish="=HYPERLINK(1)")
    commit_balances()
    file = taken(deal.buyer)
    assert [row["public_id"] for row in file["orders.csv"]] == [order.public_id]
    assert file["orders.csv"][0]["total"] == str(order.total)
    assert {row["order.public_id"] for row in file["order_history.csv"]} == {order.public_id}
    assert [row["line1"] for row in file["addresses.csv"]] == ["12 Dock St"]
    assert file["requests.csv"][0]["wish"] == "'=HYPERLINK(1)", "no cell is a formula"
    assert [row["amount"] for row in file["movements.csv"]] == [f"-{order.total.amount}", order.total.amount]
    assert [(row["account"], row["posted"]) for row in file["balances.csv"]] == [("wallet", "0.00")]
    told = json.dumps(file)
    for secret in (foreign.public_id, other.buyer.company.public_id, other.buyer.user.email):
        assert secret not in told
    proof = tmp_path / "proof.json"
    proof.write_text(json.dumps(file["proofs/wallet-CNY.json"][0]))
    seal = Commitment.objects.get().seal
    assert (
        run([executable, "-I", "-S", ROOT / "tools/verify_balance.py", proof, "--seal", seal], check=False).returncode
        == 0
    )
    sold = taken(deal.supplier)
    assert [row["public_id"] for row in sold["orders.csv"]] == [order.public_id]
    assert sold["addresses.csv"] == []


def test_what_was_exchanged_and_charged_is_in_it_too() -> None:
    buyer, other, staff = make_buyer(), make_buyer("Others"), make_staff()
    for party, minor in ((buyer, 100_00), (other, 77_00)):
        fund(party, Money(minor, "CNY"))
        owner, sell = party.company.public_id, Money(40_00, "CNY")
        quote = quote_exchange(owner, sell, "USD", rate=Decimal("0.125"), rate_source="test")
        confirm(party.company, quote.public_id, by=party.actor)
        word = authorise(
            party.company, service="agent", each=Money(9_00, "CNY"), month=Money(9_00, "CNY"), by=party.actor
        )
        charge_service(word, Money(minor // 100, "CNY"), words="Samples looked at", once=owner, by=staff.actor)
    file = taken(buyer)
    assert [(row["given"], row["got"]) for row in file["exchanges.csv"]] == [("40.00 CNY", "5.00 USD")]
    assert [(row["amount"], row["words"]) for row in file["services.csv"]] == [("1.00 CNY", "Samples looked at")]
    assert taken(make_deal().supplier)["services.csv"] == []


@pytest.mark.parametrize(("language", "words"), [("en", "nobody has to agree"), ("zh-hans", "无需任何人同意")])
def test_the_page_leads_to_the_file_and_the_money_out(language: str, words: str) -> None:
    deal = make_deal()
    for party, way in ((deal.buyer, "web:refunds"), (deal.supplier, "web:payouts")):
        page = party.client(language).get(reverse("web:leaving")).content.decode()
        assert words in page
        assert all(reverse(name) in page for name in ("web:leaving_zip", way))
    assert make_staff().client().get(reverse("web:leaving_zip")).status_code == 403
