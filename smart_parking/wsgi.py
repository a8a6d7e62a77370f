"""The WSGI application, which the server loads."""

import gc
import os

import django
from django.conf import settings
from django.db import connection

from smart_parking.handler import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart_parking.settings")
django.setup(set_prefix=False)
application = Handler()

if settings.IN_PRODUCTION:
    # Models can be imported only now that the applications are loaded.
    from parking.accounts.demonstration import refuse_demonstration_accounts

    refuse_demonstration_accounts()
    connection.close()

# What is loaded now stays: the collector need not look through it again and again.
gc.freeze()
