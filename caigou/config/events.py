"""Who hears which event. One table, read at a glance; an event that isn't here is heard by nobody yet."""

from __future__ import annotations

from caigou.catalogue.events import ImportRequested, ProductChanged, ProductsChanged, SupplierChanged
from caigou.catalogue.services import imports
from caigou.jobs.outbox import Handler
from caigou.kernel.events import Event
from caigou.orders import handlers as orders
from caigou.orders.events import OrderCancelled, OrderCompleted, OrderPaid, OrderPlaced
from caigou.payments.events import MoneyHeld
from caigou.search import handlers as search
from caigou.statements import handlers as statements
from caigou.wallets import handlers as wallets

HEARS: dict[type[Event], tuple[Handler, ...]] = {
    ImportRequested: (imports.on_import_requested,),
    ProductChanged: (search.on_product_changed,),
    ProductsChanged: (search.on_products_changed,),
    SupplierChanged: (search.on_supplier_changed,),
    MoneyHeld: (orders.on_money_held, wallets.on_money_held),
    OrderPlaced: (statements.on_order_placed,),
    OrderPaid: (statements.on_order_paid,),
    OrderCancelled: (statements.on_order_cancelled,),
    OrderCompleted: (orders.on_order_completed,),
}
