"""PostgreSQL 18 that comes with the product: nothing to install, nobody else can log in, it dies with its owner."""

from caigou.cli.postgres.cluster import Cluster, database_url
from caigou.cli.postgres.names import APP_ROLE, OWNER_ROLE

__all__ = ["APP_ROLE", "OWNER_ROLE", "Cluster", "database_url"]
