"""The WSGI application, which the server loads."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from parking.core.requests import TolerantRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart_parking.settings")
application = get_wsgi_application()
application.request_class = TolerantRequest

if settings.IN_PRODUCTION:
    # Models can be imported only now that the applications are loaded.
    from parking.accounts.demonstration import refuse_demonstration_accounts

    refuse_demonstration_accounts()
    connection.close()

# What is loaded now stays: the collector need not look through it again and again.
gc.freeze()
