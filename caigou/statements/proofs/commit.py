"""Commit once a day to all balances that we owe to companies, one tree a currency."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from caigou.accounts.models import Company
from caigou.kernel.clock import now
from caigou.kernel.recent import Recent
from caigou.statements.models import Commitment, Leaf
from caigou.statements.proofs.tree import Node, leaf, root_of, seal_of

#: Kinds of ledger account that belong to a company and that we owe it.
KINDS = ("wallet", "supplier_payable")
#: Only one process commits at a time; the number is ours alone.
_LOCK = 43_000_043
#: One statement sees one moment, however busy the house is.
_BALANCES = """
SELECT c.id, c.public_id, a.kind, a.currency, sum(b.credits_posted - b.debits_posted)::bigint
  FROM ledger.account a
  JOIN ledger.balance b ON b.account_id = a.id
  JOIN accounts_company c ON c.public_id = a.owner
 WHERE a.kind = ANY(%s)
 GROUP BY c.id, c.public_id, a.kind, a.currency
 ORDER BY a.currency
"""


@transaction.atomic
def commit_balances() -> list[Commitment]:
    """Write today's commitments, one a currency; none when today has some. Safe to repeat, also by two at once."""
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if Commitment.objects.filter(day=moment.date()).exists():
            return []
        cursor.execute(_BALANCES, [list(KINDS)])
        rows = cursor.fetchall()
    by_currency: dict[str, list[tuple[int, str, str, int]]] = {}
    for company, public_id, kind, currency, balance in rows:
        by_currency.setdefault(currency, []).append((company, public_id, kind, balance))
    return [commit_to(currency, held, moment) for currency, held in sorted(by_currency.items())]


def commit_to(currency: str, held: list[tuple[int, str, str, int]], moment: datetime) -> Commitment:
    """Write one commitment to ``held``: company, its public id, kind of account, balance in minor units."""
    # The order tells nothing: who opened a wallet first must not be told by the place of the leaf.
    secrets.SystemRandom().shuffle(held)
    drawn = [secrets.token_hex(32) for _row in held]
    nodes = [
        leaf(owner, kind, currency, sum_, secret) for (_pk, owner, kind, sum_), secret in zip(held, drawn, strict=True)
    ]
    root = root_of(nodes)
    before = Commitment.objects.filter(currency=currency).order_by("-day").first()
    previous = before.seal if before else ""
    made = Commitment.objects.create(
        day=moment.date(),
        currency=currency,
        as_of=moment,
        root=root.hash.hex(),
        total_minor=root.sum,
        leaves=len(held),
        previous=previous,
        seal=seal_of(
            moment.date().isoformat(),
            currency,
            moment.isoformat(),
            root=root,
            leaves=len(held),
            previous=previous,
        ),
    )
    Leaf.objects.bulk_create(
        Leaf(commitment=made, company_id=pk, kind=kind, position=at, balance_minor=sum_, secret=secret)
        for at, ((pk, _owner, kind, sum_), secret) in enumerate(zip(held, drawn, strict=True))
    )
    return made


def nodes_of(commitment: Commitment) -> Sequence[Node]:
    """Return the leaves of a commitment as they were hashed."""
    owners = dict(Company.objects.filter(pk__in=commitment.tree.values("company")).values_list("pk", "public_id"))
    return [
        leaf(owners[row.company_id], row.kind, commitment.currency, row.balance_minor, row.secret)
        for row in commitment.tree.order_by("position")
    ]


def _commit_today() -> int:
    if Commitment.objects.filter(day=now().date()).exists():
        return 0
    return len(commit_balances())


#: The worker's clocks tick every other second; looking once in ten minutes is enough.
_looked: Recent[int] = Recent(_commit_today, seconds=600)


def commit_daily() -> int:
    """A clock: commit to the balances of the day; how many commitments the last look made."""
    return _looked()
