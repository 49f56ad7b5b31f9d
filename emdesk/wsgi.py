"""What gunicorn serves. A page may ask the database for 15 seconds, and idle in no transaction."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emdesk.settings")
os.environ.setdefault(
    "PGOPTIONS", "-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
)

application = get_wsgi_application()

# What is loaded stays: looking through it for garbage again and again slows every page.
get_resolver().url_patterns  # noqa: B018 (loads every view)
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
