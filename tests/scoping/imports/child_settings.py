"""The tests' settings, in a process of its own that works on the same database."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["EMDESK_CHILD_DATABASE"]
