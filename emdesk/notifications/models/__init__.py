from emdesk.notifications.models.feed import Feed
from emdesk.notifications.models.mail import Mail, MailQuerySet, mail_domain, new_message_id
from emdesk.notifications.models.notification import Notification, NotificationQuerySet
from emdesk.notifications.models.outgoing import Outgoing, OutgoingQuerySet
from emdesk.notifications.models.preferences import Mute, Preferences
from emdesk.notifications.models.slack import SlackChannel, SlackPost

__all__ = [
    "Feed",
    "Mail",
    "MailQuerySet",
    "Mute",
    "Notification",
    "NotificationQuerySet",
    "Outgoing",
    "OutgoingQuerySet",
    "Preferences",
    "SlackChannel",
    "SlackPost",
    "mail_domain",
    "new_message_id",
]
