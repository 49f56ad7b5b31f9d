"""What gunicorn serves. A page may ask the database for 15 seconds, and idle in no transaction."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emdesk.settings")
os.environ.setdefault(
    "PGOPTIONS", "-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
)

application = get_wsgi_application()
