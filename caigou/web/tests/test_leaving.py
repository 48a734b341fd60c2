"""A company takes all that it has here with it, and nothing of anybody else's (number 12 of section 5)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from subprocess import run
from sys import executable

import pytest
from django.urls import reverse

from caigou.negotiation.models import Inquiry
from caigou.statements.models import Commitment
from caigou.statements.proofs.commit import commit_balances
from tests.support.factories import Party, make_deal, make_staff

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


@pytest.mark.parametrize(("language", "words"), [("en", "nobody has to agree"), ("zh-hans", "无需任何人同意")])
def test_the_page_leads_to_the_file_and_the_money_out(language: str, words: str) -> None:
    deal = make_deal()
    for party, way in ((deal.buyer, "web:refunds"), (deal.supplier, "web:payouts")):
        page = party.client(language).get(reverse("web:leaving")).content.decode()
        assert words in page
        assert all(reverse(name) in page for name in ("web:leaving_zip", way))
    assert make_staff().client().get(reverse("web:leaving_zip")).status_code == 403
