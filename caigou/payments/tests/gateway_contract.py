"""What every gateway behind the port must do, whoever it is: tests that an adapter inherits (A13, D5).

An adapter's test module has a subclass named ``Test…`` with a fixture ``gateway`` and with ``pay``.
"""

from __future__ import annotations

import pytest

from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.payments.ports import BadSignature, Gateway, Refunded

SUM = Money(100_00, "CNY")


class GatewayContract:
    """Charges and refunds as our services rely on them."""

    def pay(self, reference: str, amount: Money) -> None:
        """Let the payer pay at the gateway."""
        raise NotImplementedError

    def paid(self, gateway: Gateway, amount: Money = SUM) -> str:
        reference = new_public_id()
        gateway.start(reference, amount, "/money/")
        self.pay(reference, amount)
        return reference

    def settled(self, gateway: Gateway, reference: str, charge: str) -> Refunded:
        """Ask until it isn't pending any more."""
        for _turn in range(5):
            answer = gateway.ask_refund(reference, charge)
            if answer.status not in {"pending", "unknown"}:
                return answer
        raise AssertionError(f"still {answer.status}")

    def test_a_paid_charge_says_so_with_its_amount(self, gateway: Gateway) -> None:
        charge = gateway.ask(self.paid(gateway))
        assert (charge.status, charge.amount) == ("paid", SUM)
        assert charge.provider_ref

    def test_a_refund_is_known_under_our_reference(self, gateway: Gateway) -> None:
        charge, reference = self.paid(gateway), new_public_id()
        gateway.refund(reference, charge, SUM)
        answer = self.settled(gateway, reference, charge)
        assert (answer.reference, answer.status, answer.amount) == (reference, "refunded", SUM)

    def test_the_same_refund_again_takes_effect_once(self, gateway: Gateway) -> None:
        charge, reference, part = self.paid(gateway), new_public_id(), Money(60_00, "CNY")
        answers = [gateway.refund(reference, charge, part) for _time in range(3)]
        assert len({answer.provider_ref for answer in answers}) == 1
        gateway.refund(other := new_public_id(), charge, Money(40_00, "CNY"))
        assert self.settled(gateway, other, charge).status == "refunded", "the repeats took from what was left"

    def test_another_amount_under_the_same_reference_is_no_refund(self, gateway: Gateway) -> None:
        charge, reference = self.paid(gateway), new_public_id()
        gateway.refund(reference, charge, Money(10_00, "CNY"))
        with pytest.raises(OSError, match="another"):
            gateway.refund(reference, charge, Money(10_04, "CNY"))
        assert self.settled(gateway, reference, charge).amount == Money(10_00, "CNY")

    def test_refunds_never_pass_the_charge(self, gateway: Gateway) -> None:
        charge, first, second = self.paid(gateway), new_public_id(), new_public_id()
        gateway.refund(first, charge, Money(60_00, "CNY"))
        gateway.refund(second, charge, Money(60_00, "CNY"))
        assert self.settled(gateway, first, charge).status == "refunded"
        assert self.settled(gateway, second, charge).status == "refused"

    def test_what_was_never_paid_is_not_sent_back(self, gateway: Gateway) -> None:
        charge, reference = new_public_id(), new_public_id()
        gateway.start(charge, SUM, "/money/")
        gateway.refund(reference, charge, SUM)
        assert self.settled(gateway, reference, charge).status == "refused"

    def test_a_refund_that_never_came_is_absent(self, gateway: Gateway) -> None:
        assert gateway.ask_refund(new_public_id(), self.paid(gateway)).status == "absent"

    def test_a_forged_message_is_refused(self, gateway: Gateway) -> None:
        with pytest.raises(BadSignature):
            gateway.verify(
                b'{"reference": "x", "type": "refund.ended"}', {"webhook-id": "1", "webhook-signature": "v1,x"}
            )
