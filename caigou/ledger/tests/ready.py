"""What the process from which racers are forked has loaded: Django, without a connection."""

import django

django.setup()
