from django.urls import path

from emdesk.notifications.views import calendar, health, inbox, mailbox, settings, slack

app_name = "notifications"

urlpatterns = [
    path("inbox/", inbox.page, name="inbox"),
    path("inbox/act/", inbox.act, name="act"),
    path("inbox/newest/", inbox.newest, name="newest"),
    path("inbox/settings/", settings.preferences, name="settings"),
    path("inbox/settings/test/", settings.test_mail, name="test_mail"),
    path("inbox/unsubscribe/<str:token>/", settings.leave, name="unsubscribe"),
    path("inbox/calendar/", calendar.make, name="make_feed"),
    path("inbox/calendar/off/", calendar.remove, name="remove_feed"),
    path("calendar/<str:token>.ics", calendar.feed, name="feed"),
    path("slack/", slack.channels, name="channels"),
    path("slack/new/", slack.new, name="new_channel"),
    path("slack/<int:pk>/", slack.channel, name="channel"),
    path("slack/<int:pk>/test/", slack.test_post, name="test_post"),
    path("mailbox/", mailbox.page, name="mailbox"),
    path("mailbox/<int:pk>/", mailbox.mail, name="mail"),
    path("mailbox/<int:pk>/source/", mailbox.source, name="source"),
    path("mailbox/<int:pk>/resend/", mailbox.resend, name="resend"),
    path("health/", health.page, name="health"),
]
