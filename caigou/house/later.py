"""Settings of parts that are still to come: what is decided here holds on the day on which the part opens.

Each says on its page that nothing reads it yet. When a part is built its declarations move into the part's app.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from caigou.house.declare import AnySetting, Share, Whole

_AGREEMENT, _CLAIMS = _("Agreement and delay"), _("Claims and returns")
_ANSWERS, _LOGISTICS, _FEES = _("Answers"), _("Warehouse and freight"), _("Fees")
_DAYS, _HOURS = _("days"), _("hours")
_WAIT_AGREEMENT = _("purchase agreements")
_WAIT_CLAIMS = _("returns and claims")
_WAIT_ANSWERS = _("consultations with due dates")
_WAIT_LOGISTICS = _("the warehouse and shipments")
_WAIT_AGENTS = _("purchasing agents")
_WAIT_PROMOTERS = _("promoters")

SETTINGS: Final[tuple[AnySetting, ...]] = (
    Share(
        key="agreement.deposit",
        group=_AGREEMENT,
        label=_("Deposit of an order"),
        explains=_("Of the goods' value; the rest is due before shipping."),
        default=3_000,
        most=10_000,
        waits_for=_WAIT_AGREEMENT,
    ),
    Share(
        key="agreement.delay_rate",
        group=_AGREEMENT,
        label=_("Delay damages a week"),
        explains=_("Of the value that is late, for each week begun."),
        default=50,
        most=500,
        waits_for=_WAIT_AGREEMENT,
    ),
    Share(
        key="agreement.delay_cap",
        group=_AGREEMENT,
        label=_("Delay damages at most"),
        explains=_("Of the value that is late, whatever the weeks."),
        default=1_000,
        most=10_000,
        waits_for=_WAIT_AGREEMENT,
    ),
    Whole(
        key="claims.window_days",
        group=_CLAIMS,
        label=_("Claims are taken for"),
        explains=_("Counted from receipt. Seven to thirty days are usual."),
        default=14,
        least=1,
        most=180,
        unit=_DAYS,
        waits_for=_WAIT_CLAIMS,
    ),
    Whole(
        key="answers.supplier_days",
        group=_ANSWERS,
        label=_("A supplier answers a claim within"),
        explains=_("The clock that the supplier sees."),
        default=3,
        least=1,
        most=30,
        unit=_DAYS,
        waits_for=_WAIT_CLAIMS,
    ),
    Whole(
        key="answers.escalate_days",
        group=_ANSWERS,
        label=_("Without an answer staff are told after"),
        explains=_("Counted from the claim."),
        default=4,
        least=1,
        most=60,
        unit=_DAYS,
        waits_for=_WAIT_CLAIMS,
    ),
    Whole(
        key="answers.automatic_days",
        group=_ANSWERS,
        label=_("Without an answer a claim is granted after"),
        explains=_("Counted from the claim."),
        default=8,
        least=2,
        most=90,
        unit=_DAYS,
        waits_for=_WAIT_CLAIMS,
    ),
    Whole(
        key="answers.consultation_days",
        group=_ANSWERS,
        label=_("A consultation is answered within"),
        explains=_("Working days in China, with its holidays and its make-up weekends."),
        default=15,
        least=1,
        most=60,
        unit=_("working days"),
        waits_for=_WAIT_ANSWERS,
    ),
    Whole(
        key="answers.review_hours",
        group=_ANSWERS,
        label=_("An order is looked over within"),
        explains=_("Working hours from placing to the agent's yes or no."),
        default=3,
        least=1,
        most=72,
        unit=_HOURS,
        waits_for=_WAIT_AGENTS,
    ),
    Whole(
        key="logistics.domestic_days",
        group=_LOGISTICS,
        label=_("From the supplier to the warehouse"),
        explains=_("What is told to buyers for the leg within China."),
        default=5,
        least=1,
        most=30,
        unit=_DAYS,
        waits_for=_WAIT_LOGISTICS,
    ),
    Whole(
        key="logistics.storage_days",
        group=_LOGISTICS,
        label=_("Storage is free for"),
        explains=_("Counted from arrival in the warehouse."),
        default=90,
        least=7,
        most=365,
        unit=_DAYS,
        waits_for=_WAIT_LOGISTICS,
    ),
    Whole(
        key="logistics.storage_notice_days",
        group=_LOGISTICS,
        label=_("The end of free storage is told before"),
        explains=_("So that goods can still be sent."),
        default=30,
        least=3,
        most=90,
        unit=_DAYS,
        waits_for=_WAIT_LOGISTICS,
    ),
    Whole(
        key="logistics.lcl_least_litres",
        group=_LOGISTICS,
        label=_("Part of a container is billed for at least"),
        explains=_("1,000 litres are one cubic metre."),
        default=1_000,
        least=100,
        most=5_000,
        unit=_("litres"),
        waits_for=_WAIT_LOGISTICS,
    ),
    Share(
        key="fees.agent",
        group=_FEES,
        label=_("Fee of a purchasing agent"),
        explains=_("Of the goods' value; three to ten per cent are usual."),
        default=500,
        most=3_000,
        waits_for=_WAIT_AGENTS,
    ),
    Share(
        key="fees.promoter",
        group=_FEES,
        label=_("Commission of a promoter"),
        explains=_("Of the freight of those who came by a code; 3 to 7.5 per cent are usual."),
        default=500,
        most=2_000,
        waits_for=_WAIT_PROMOTERS,
    ),
)
