"""Every address of the desk."""

from django.contrib import admin
from django.urls import include, path

from emdesk import health

handler500 = "emdesk.health.failed"

urlpatterns = [
    path("", include("emdesk.desk.urls")),
    path("", include("scoping.urls")),
    path("sow/", include("sow.urls")),
    path("", include("sow.outside_urls")),
    path("", include("forecasting.urls")),
    path("", include("emdesk.people.urls")),
    path("", include("emdesk.notifications.urls")),
    path("approvals/", include("emdesk.approvals.urls")),
    path("activity/", include("emdesk.activity.urls")),
    path("files/", include("emdesk.files.urls")),
    path("clocks/policies/", include("emdesk.sla.urls")),
    path("calendars/", include("emdesk.calendars.urls")),
    path("settings/", include("emdesk.configuration.urls")),
    path("account/", include("emdesk.people.account_urls")),
    path("admin/", admin.site.urls),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
]
