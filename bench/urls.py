"""All addresses of the house, and the yardstick."""

from django.urls import path

from bench.yardstick import rows_24
from caigou.config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("bench/24", rows_24, name="bench_24"), *urlpatterns]
