from django.urls import path

from emdesk.notifications.views import health, inbox, mailbox, settings

app_name = "notifications"

urlpatterns = [
    path("inbox/", inbox.page, name="inbox"),
    path("inbox/act/", inbox.act, name="act"),
    path("inbox/settings/", settings.preferences, name="settings"),
    path("inbox/settings/test/", settings.test_mail, name="test_mail"),
    path("inbox/unsubscribe/<str:token>/", settings.leave, name="unsubscribe"),
    path("mailbox/", mailbox.page, name="mailbox"),
    path("mailbox/<int:pk>/", mailbox.mail, name="mail"),
    path("mailbox/<int:pk>/source/", mailbox.source, name="source"),
    path("mailbox/<int:pk>/resend/", mailbox.resend, name="resend"),
    path("health/", health.page, name="health"),
]
