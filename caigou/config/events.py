"""Who hears which event. One table, read at a glance; an event that isn't here is heard by nobody yet."""

from __future__ import annotations

from caigou.catalogue.events import ImportRequested, ProductChanged, ProductsChanged, SupplierChanged
from caigou.catalogue.services import imports
from caigou.integrations import handlers as integrations
from caigou.jobs.outbox import Handler
from caigou.kernel.events import Event
from caigou.negotiation.events import InquirySent, OfferAccepted, OfferExpired, OfferMade
from caigou.orders import handlers as orders
from caigou.orders.events import OrderCancelled, OrderCompleted, OrderPaid, OrderPlaced, OrderShipped
from caigou.payments.events import MoneyArrived, MoneyHeld
from caigou.search import handlers as search
from caigou.statements import handlers as statements
from caigou.wallets import handlers as wallets
from caigou.wallets.events import ServiceAsked, ServicePaid

HEARS: dict[type[Event], tuple[Handler, ...]] = {
    ImportRequested: (imports.on_import_requested,),
    ProductChanged: (search.on_product_changed,),
    ProductsChanged: (search.on_products_changed,),
    SupplierChanged: (search.on_supplier_changed,),
    MoneyHeld: (orders.on_money_held, wallets.on_money_held),
    MoneyArrived: (integrations.on_money_arrived,),
    ServiceAsked: (statements.on_service_asked,),
    ServicePaid: (statements.on_service_paid,),
    InquirySent: (integrations.on_request_sent,),
    OfferMade: (integrations.on_offer_made,),
    OfferAccepted: (integrations.on_offer_accepted,),
    OfferExpired: (integrations.on_offer_expired,),
    OrderPlaced: (statements.on_order_placed, integrations.on_order_placed),
    OrderPaid: (statements.on_order_paid, integrations.on_order_paid),
    OrderShipped: (integrations.on_order_shipped,),
    OrderCancelled: (statements.on_order_cancelled, integrations.on_order_cancelled),
    OrderCompleted: (orders.on_order_completed, integrations.on_order_completed),
}
