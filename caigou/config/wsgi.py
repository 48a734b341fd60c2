"""The web process: Django under a WSGI server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from caigou.cli.processes import die_with_parent

# The web server's own workers would outlive it after a kill -9; they are its children, so they ask for it here.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caigou.config.settings")

application = get_wsgi_application()
