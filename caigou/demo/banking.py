"""The bank of the demonstration: accounts of the house, transfers in each state, statements, what waits for a person.

Everything goes through the services, and the statements through the readers of real ones; so whatever stands on the
console's pages could have come about by itself. Two persons of the operator play: one asks, the other agrees.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from caigou.accounts.models import Company
from caigou.demo.bank_files import MEANING, Booked, camt, closing, table
from caigou.demo.days import day, days_ago
from caigou.files.services import store_picture
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money, parse_money
from caigou.payments.bank.models import BankAccount, BankLine, CorporateTransfer, LineStatus
from caigou.payments.bank.references import with_check
from caigou.payments.bank.services.accounts import AccountDetails, confirm_account, open_virtual, propose_account
from caigou.payments.bank.services.announce import announce_transfer
from caigou.payments.bank.services.decide import ask_decision
from caigou.payments.bank.services.match import match_new
from caigou.payments.bank.services.receipts import answer_receipt, enter_receipt
from caigou.payments.bank.services.take_in import take_in

_HOLDER: Final = "Caigou Demo Sourcing"
_YUAN: Final = AccountDetails(_HOLDER, "3310202609110042", "Demonstration Bank Yiwu", "DMOBCNBJXXX", "CN", "CNY")
_EURO: Final = AccountDetails(
    _HOLDER, "DE68990000000648489890", "Demonstrationsbank Hamburg", "DMOBDEFFXXX", "DE", "EUR"
)
_DOLLAR: Final = AccountDetails(_HOLDER, "3310202609110059", "Demonstration Bank Yiwu", "DMOBCNBJXXX", "CN", "USD")
_VIRTUAL: Final = "DE87990000000648480042"
_NORDLICHT: Final = ("Nordlicht Handel GmbH", "DE93990010100163115000")
_HARBOUR: Final = ("Harbour & Pine Pty Ltd", "0650001012345678")


@dataclass(frozen=True, slots=True)
class Bank:
    """The accounts in use, and who decides: ``asks`` and ``agrees`` are two persons of the operator."""

    yuan: BankAccount
    euro: BankAccount
    asks: Actor
    agrees: Actor


def open_bank(asks: Actor, agrees: Actor) -> Bank:
    """Enter our accounts: two in use, one that still waits for the second person."""
    with days_ago(40):
        proposed = [
            propose_account(details, reason="Opened with the bank for transfers of buyers.", by=asks)
            for details in (_YUAN, _EURO)
        ]
    with days_ago(39):
        yuan, euro = (confirm_account(account.pk, by=agrees) for account in proposed)
    with days_ago(2):
        propose_account(_DOLLAR, reason="The bank opened it on Friday; buyers ask for dollars.", by=asks)
    return Bank(yuan, euro, asks, agrees)


def company_of(actor: Actor) -> Company:
    return Company.objects.get(pk=actor.company_id or 0)


def announced(days: float, amount: str, currency: str, by: Actor) -> CorporateTransfer:
    """Let a buyer have announced a transfer so many days ago."""
    with days_ago(days):
        return announce_transfer(company_of(by), parse_money(amount, currency), by=by)


def _came(days: int, amount: str, currency: str, payer: tuple[str, str] = ("", ""), **told: str) -> Booked:
    return Booked(day(days), parse_money(amount, currency), *payer, **told)


def _taken(account: BankAccount, data: bytes, name: str, bank: Bank, days: float) -> None:
    """Take a statement in and match it, so many days ago; a line of ours that is refused would be our own mistake."""
    meaning = MEANING if name.endswith(".csv") else None
    with days_ago(days):
        take_in(account, data, name, by=bank.asks, meaning=meaning)
        match_new()
    left = BankLine.objects.filter(account=account, status=LineStatus.NEW).first()
    if left is not None:
        raise ValueError(f"the demonstration's line {left} of {name} was not matched")


# --- The account in euro -------------------------------------------------------------------------------------------


def euro_statements(bank: Bank, buyer: Actor) -> None:
    """Two statements in camt.053: as announced, by a virtual number, short, over, taken back, nobody's."""
    with days_ago(30):
        open_virtual(bank.euro, company_of(buyer), _VIRTUAL, by=bank.asks)
    exact = announced(23, "12000.00", "EUR", buyer)
    short = announced(15, "5000.00", "EUR", buyer)
    first = [
        _came(21, "12000.00", "EUR", _NORDLICHT, reference=exact.reference),
        _came(17, "3400.00", "EUR", _NORDLICHT, text="Anzahlung Regenschirme", to=_VIRTUAL),
        _came(12, "4985.00", "EUR", _NORDLICHT, reference=short.reference),
    ]
    start = Money.zero("EUR")
    data = camt(first, opening=start, number="2026-1", iban=bank.euro.number)
    _taken(bank.euro, data, f"camt053-{day(11):%Y%m%d}.xml", bank, 10.8)
    back = announced(10.5, "800.00", "EUR", buyer)
    over = announced(4, "1150.00", "EUR", buyer)
    second = [
        _came(9, "800.00", "EUR", _NORDLICHT, reference=back.reference),
        _came(7, "-800.00", "EUR", _NORDLICHT, reference=back.reference, returns="FOCR"),
        _came(5, "2150.00", "EUR", ("Alsterkontor Import e.K.", "DE35990010100771204000"), text="Rechnung 2214"),
        _came(2, "1180.00", "EUR", _NORDLICHT, reference=over.reference),
    ]
    data = camt(second, opening=closing(start, first), number="2026-2", iban=bank.euro.number)
    _taken(bank.euro, data, f"camt053-{day(1):%Y%m%d}.xml", bank, 0.8)
    announced(0.5, "6400.00", "EUR", buyer)


# --- The account in yuan -------------------------------------------------------------------------------------------


def first_yuan_statement(bank: Bank, paid_out: tuple[Money, str, tuple[str, str]]) -> Money:
    """A table in Chinese: a credit of nobody's, and a payout that the bank has booked; return the closing balance.

    ``paid_out`` is the payout's sum, its reference, and its payee with number.
    """
    amount, reference, payee = paid_out
    lines = [
        _came(28, "16800.00", "CNY", ("宁波远帆进出口有限公司", "3901100912345678"), text="货款"),
        Booked(day(25), -amount, *payee, text="付款", reference=reference),
    ]
    opening = Money.zero("CNY")
    data = table(lines, opening=opening, number=f"{day(24):%Y%m%d}")
    _taken(bank.yuan, data, f"交易明细-{day(24):%Y%m%d}.csv", bank, 23.8)
    return closing(opening, lines)


def second_yuan_statement(bank: Bank, opening: Money, buyer: Actor) -> None:
    """What was entered by hand before, a transfer as announced, a reference that nobody has, and a fee to explain."""
    _receipts(bank, buyer)
    exact = announced(6, "7350.00", "CNY", buyer)
    lines = [
        _came(6, "4200.00", "CNY", _HARBOUR, text="HARBOUR PINE DEPOSIT"),
        _came(4, "7350.00", "CNY", _HARBOUR, text="INVOICE", reference=exact.reference),
        _came(3, "2600.00", "CNY", ("Baltic Homeware", "3901100955512345"), reference=with_check("DEMXSHZP2231")),
        _came(2, "-35.00", "CNY", text="账户管理费"),
    ]
    data = table(lines, opening=opening, number=f"{day(1):%Y%m%d}")
    _taken(bank.yuan, data, f"交易明细-{day(1):%Y%m%d}.csv", bank, 0.7)
    announced(0.4, "18000.00", "CNY", buyer)
    stranger = BankLine.objects.get(account=bank.yuan, payer_name="宁波远帆进出口有限公司")
    with days_ago(0.3):
        ask_decision(
            stranger.pk,
            company_of(buyer),
            reason="Their agent in Ningbo pays for them; the letter of 3 November says so.",
            by=bank.asks,
        )


def _receipts(bank: Bank, buyer: Actor) -> None:
    """One that a second person has agreed to, whose line comes later; one that still waits."""
    received = (("4200.00", 6, True), ("9600.00", 1, False))
    # One picture of the portal shows both: drawing is what takes longest here.
    picture = store_picture(slip([f"{day(came)}  {amount} CNY" for amount, came, _agreed in received]), by=bank.asks)
    for amount, came, agreed in received:
        on = day(came)
        with days_ago(came - 0.5):
            receipt = enter_receipt(
                bank.yuan,
                company_of(buyer),
                parse_money(amount, "CNY"),
                day=on,
                note="Seen in the bank's portal; the buyer sent the slip.",
                picture=picture,
                by=bank.asks,
                payer_name=_HARBOUR[0],
            )
            if agreed:
                answer_receipt(receipt.pk, agree=True, by=bank.agrees)


def slip(credits_shown: Sequence[str]) -> bytes:
    """Return a drawn page of a bank's portal, as PNG."""
    from PIL import Image, ImageDraw, ImageFont  # only the demonstration's first start draws

    image = Image.new("RGB", (720, 420), "#fbfaf6")
    pen = ImageDraw.Draw(image)
    pen.rectangle((24, 24, 696, 396), outline="#3f504e", width=2)
    words = ("Demonstration Bank Yiwu", "Credits received", f"Payer  {_HARBOUR[0]}", f"Payee  {_HOLDER}")
    for line, text in enumerate((*words, *credits_shown)):
        pen.text((56, 52 + 54 * line), text, fill="#12201f", font=ImageFont.load_default(26))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
