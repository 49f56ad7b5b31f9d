"""Who may add a file to a subject. Whoever sees the subject may fetch its files."""

from __future__ import annotations

from emdesk.subjects import Rules

uploaders = Rules()
