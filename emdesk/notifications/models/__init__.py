from emdesk.notifications.models.mail import Mail, MailQuerySet, mail_domain, new_message_id
from emdesk.notifications.models.notification import Notification, NotificationQuerySet
from emdesk.notifications.models.outgoing import Outgoing, OutgoingQuerySet
from emdesk.notifications.models.preferences import Mute, Preferences

__all__ = [
    "Mail",
    "MailQuerySet",
    "Mute",
    "Notification",
    "NotificationQuerySet",
    "Outgoing",
    "OutgoingQuerySet",
    "Preferences",
    "mail_domain",
    "new_message_id",
]
