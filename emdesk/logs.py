"""What the log leaves out."""

import logging
import re

SECRET = re.compile(
    r"(/password/reset/(?:key/)?[0-9A-Za-z]+-|/calendar/|/unsubscribe/|/services/|/sow/r/|/sign/)"
    r"[^\s\"']+"
)


class WithoutSecrets(logging.Filter):
    """Keys in addresses are masked; the request with all it carries is not written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.__dict__.pop("request", None)
        record.msg, record.args = SECRET.sub(r"\1…", record.getMessage()), ()
        return True
