"""Who hears which event. One table, read at a glance; an event that isn't here is heard by nobody yet."""

from __future__ import annotations

from caigou.catalogue.events import ImportRequested
from caigou.catalogue.services import imports
from caigou.jobs.outbox import Handler
from caigou.kernel.events import Event
from caigou.orders import handlers as orders
from caigou.payments.events import MoneyHeld

HEARS: dict[type[Event], tuple[Handler, ...]] = {
    ImportRequested: (imports.on_import_requested,),
    MoneyHeld: (orders.on_money_held,),
}
