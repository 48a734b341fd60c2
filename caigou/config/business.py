"""The settings of the business, in the order in which the console shows them."""

from __future__ import annotations

from caigou.catalogue import settings as catalogue
from caigou.house import later
from caigou.house import settings as house
from caigou.house.declare import AnySetting
from caigou.integrations import settings as integrations
from caigou.orders import settings as orders
from caigou.payments import settings as payments
from caigou.wallets import settings as wallets

SETTINGS: tuple[AnySetting, ...] = (
    *house.SETTINGS,
    *payments.SETTINGS,
    *wallets.SETTINGS,
    *orders.SETTINGS,
    *catalogue.SETTINGS,
    *integrations.SETTINGS,
    *later.SETTINGS,
)
