"""The user that the demo server runs as: ourselves, or an unprivileged one when we are root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import Any

from pgmem_tui.demo.errors import DemoError

CANDIDATES = ("postgres", "nobody")
"""Existing users that may serve, in order: none is ever added."""


@dataclass(frozen=True)
class Account:
    """A user to run as. PostgreSQL refuses to be run by root."""

    name: str
    uid: int
    gid: int
    switch: bool
    """Whether it is another user than the one that runs this program."""

    def identity(self) -> dict[str, Any]:
        """The arguments that make `subprocess` run something as this user."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, *command: str) -> bool:
        """Whether a command, run as this user, succeeds: the only test of access that is always right."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                timeout=20,
                **self.identity(),
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0


def choose() -> Account:
    """The user to run the server as.

    Raises:
        DemoError: we are root and no other user can be become, or our user has no name.
    """
    uid = os.geteuid()
    if uid != 0:
        return Account(_name(uid), uid, os.getegid(), switch=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(name, entry.pw_uid, entry.pw_gid, switch=True)
        if entry.pw_uid != 0 and account.can_run("/bin/sh", "-c", ":"):
            return account
    raise DemoError(
        "PostgreSQL does not run as root, and no unprivileged user could be used"
        f" (tried {', '.join(CANDIDATES)}). Run this as an ordinary user."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        # Containers are often run like that, and initdb then ends with a sentence that helps nobody.
        raise DemoError(
            f"User {uid} has no name on this machine, and PostgreSQL does not start without one."
            " Run this as a user that /etc/passwd has."
        ) from None
