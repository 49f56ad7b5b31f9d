"""emdesk: a desk for the engagement managers of a professional-services team."""

from emdesk.celery import app as celery_app

__all__ = ["celery_app"]
