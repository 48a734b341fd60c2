"""The product's own settings, with the yardstick's address beside the product's."""

from caigou.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
