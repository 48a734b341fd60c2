"""Endpoints of a company's programs: added, changed, their secret rotated, removed (docs/decisions/0041)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.integrations.events import TEST, TYPES
from caigou.integrations.guard import check_url
from caigou.integrations.models import Dispatch, DispatchStatus, Endpoint, WhyOff
from caigou.integrations.services.deliver import send_later, tell
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed

log = structlog.get_logger(__name__)

MOST_ENDPOINTS = 20
#: As long the secret before signs beside the new one.
BOTH_SIGN = timedelta(hours=24)


def _require_person(by: Actor, company_id: int | None) -> None:
    if by.role not in {"buyer", "supplier"} or by.user_id is None or by.key is not None or by.company_id != company_id:
        raise NotAllowed(_("Only a person with a seat at the company decides where it hears of events."))


def _chosen(events: Iterable[str]) -> list[str]:
    asked = set(events)
    if not asked or not asked <= TYPES.keys():
        raise BadInput(_("Choose at least one event."), fields={"events": ""})
    return [name for name in TYPES if name in asked]


@transaction.atomic
def add_endpoint(url: str, events: Iterable[str], *, by: Actor) -> Endpoint:
    """Let the company's program at ``url`` hear of ``events`` from now on.

    Raises ``BadInput`` for an address that we never ask, without an event and when there are too many;
    ``NotAllowed`` for anyone but a person of a buying or selling company.
    """
    _require_person(by, by.company_id)
    address, chosen = check_url(url), _chosen(events)
    company = Company.objects.select_for_update(no_key=True).get(pk=by.company_id or 0)
    if Endpoint.objects.visible_to(by).count() >= MOST_ENDPOINTS:
        raise BadInput(_("The company has too many endpoints. Remove one that is no longer used."))
    endpoint = Endpoint.objects.create(
        company=company, made_by_id=by.user_id or 0, url=address, events=chosen, made_at=now()
    )
    log.info("endpoint added", endpoint=endpoint.public_id, company=by.company_id, by=str(by))
    return endpoint


def _locked(endpoint_id: int, by: Actor) -> Endpoint:
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    _require_person(by, endpoint.company_id)
    if endpoint.off == WhyOff.REMOVED:
        raise BadInput(_("This endpoint was removed meanwhile."))
    return endpoint


@transaction.atomic
def choose_events(endpoint_id: int, events: Iterable[str], *, by: Actor) -> Endpoint:
    """Let an endpoint hear of ``events`` and nothing else, and switch it on again if it was gone."""
    endpoint = _locked(endpoint_id, by)
    endpoint.events, endpoint.off = _chosen(events), WhyOff.NOT
    endpoint.silent, endpoint.rest_until = 0, None
    endpoint.save(update_fields=["events", "off", "silent", "rest_until"])
    return endpoint


@transaction.atomic
def rotate_secret(endpoint_id: int, *, by: Actor) -> Endpoint:
    """Make a new secret; for a day the one before signs, too, so that no message is refused meanwhile."""
    endpoint = _locked(endpoint_id, by)
    endpoint.version += 1
    endpoint.old_until = now() + BOTH_SIGN
    endpoint.save(update_fields=["version", "old_until"])
    log.info("endpoint secret rotated", endpoint=endpoint.public_id, version=endpoint.version, by=str(by))
    return endpoint


@transaction.atomic
def remove_endpoint(endpoint_id: int, *, by: Actor) -> None:
    """Let an endpoint hear of nothing any more. Safe to repeat."""
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    _require_person(by, endpoint.company_id)
    endpoint.off = WhyOff.REMOVED
    endpoint.save(update_fields=["off"])


@transaction.atomic
def send_test(endpoint_id: int, *, by: Actor) -> None:
    """Send a message that says nothing, so that a program can be tried."""
    endpoint = _locked(endpoint_id, by)
    tell(TEST, endpoint.company_id, {"endpoint": endpoint.public_id}, only=endpoint)


@transaction.atomic
def replay(dispatch_id: int, *, by: Actor) -> Dispatch:
    """Send a message again, whatever became of it: the same id and body, signed anew."""
    dispatch = Dispatch.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=dispatch_id)
    _require_person(by, dispatch.endpoint.company_id)
    if dispatch.endpoint.off:
        raise BadInput(_("This endpoint is off. Switch it on again by choosing its events."))
    dispatch.status, dispatch.attempts, dispatch.ended_at = DispatchStatus.WAITING, 0, None
    send_later(dispatch, now())
    return dispatch
