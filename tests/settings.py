"""emdesk's settings on servers of the tests' own, whatever the developer's environment says."""

import fcntl
import os
from itertools import count
from typing import TextIO

from emdesk import embedded

FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "EMAIL_HOST")
for name in FOREIGN:
    os.environ.pop(name, None)

var = embedded.var_folder()
var = var if var.name == "tests" else var / "tests"
os.environ["EMDESK_VAR"] = str(var)
embedded.joined(var, durable=False)

from emdesk.settings import *  # noqa: E402, F403
from emdesk.settings import DATABASES  # noqa: E402


def own_number() -> tuple[int, TextIO]:
    """The first number no other process of tests holds, so that two runs never share a database."""
    for number in count():
        lock = (var / f"database-{number}.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return number, lock
    raise AssertionError


NUMBER, LOCK = own_number()
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c lock_timeout=2min"
DATABASES["default"]["TEST"] = {"NAME": f"test_emdesk_{NUMBER}"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
