"""Who hears which event. One table, read at a glance; an event that isn't here is heard by nobody yet."""

from __future__ import annotations

from caigou.catalogue.events import ImportRequested, ProductChanged, ProductsChanged, SupplierChanged
from caigou.catalogue.services import imports
from caigou.jobs.outbox import Handler
from caigou.kernel.events import Event
from caigou.orders import handlers as orders
from caigou.orders.events import OrderCompleted
from caigou.payments.events import MoneyHeld
from caigou.search import handlers as search

HEARS: dict[type[Event], tuple[Handler, ...]] = {
    ImportRequested: (imports.on_import_requested,),
    ProductChanged: (search.on_product_changed,),
    ProductsChanged: (search.on_products_changed,),
    SupplierChanged: (search.on_supplier_changed,),
    MoneyHeld: (orders.on_money_held,),
    OrderCompleted: (orders.on_order_completed,),
}
