"""Where an embedded server's data and binaries live, and the account it runs as.

PostgreSQL refuses to run as root, so under root the servers run as ``nobody`` (or as whoever the
data already belong to). When the checkout cannot be entered by that account, as in a home folder
of mode 0700, data and a copy of the binaries go to a folder outside that can.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

OUTSIDE = (Path("/var/lib/cxportal-servers"), Path("/var/tmp/cxportal-servers"))  # noqa: S108 - survives a reboot
PRIVATE = 0o700
ENTERABLE = 0o711


class ServerError(Exception):
    """An embedded server cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Account:
    """Whom a server process runs as; ``None`` ids mean the present account."""

    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True)
class Install:
    """Installed programs: a folder ``root``, the ``programs`` in it, and all they need beside."""

    root: Path
    programs: str
    parts: tuple[str, ...]

    def program(self, name: str) -> Path:
        """Path of one program."""
        return self.root / self.programs / name


@dataclass(frozen=True)
class Place:
    """A server's own folder (data inside), its installation and its account."""

    home: Path
    install: Install
    account: Account


def place_settle(*, folder: Path, install: Install, probe: str) -> Place:
    """Find or make the home of the server kept at ``folder``; ``folder/home`` leads there.

    ``probe`` is the program that is tried with ``--version``. Raises ``ServerError`` when no
    usable place exists.
    """
    link = folder / "home"
    account = _account_for(link)
    if not link.exists():
        link.unlink(missing_ok=True)
        _home_make(link, account)
    if not _runs(install.program(probe), link, account):
        _home_move_outside(link, account)
    if not _runs(install.program(probe), link, account):
        install = _install_copy(install, link)
    if not _runs(install.program(probe), link, account):
        raise ServerError(
            f"{install.program(probe)} does not run on this machine. Name a PostgreSQL and a Redis "
            "server with DATABASE_URL and REDIS_URL instead."
        )
    return Place(link.resolve(), install, account)


def give(path: Path, account: Account) -> None:
    """Make ``path`` the account's own when it is another than the present one."""
    if account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid)


def _account_for(link: Path) -> Account:
    if os.geteuid() != 0:
        return Account()
    if link.exists() and (owner := link.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _home_make(path: Path, account: Account) -> None:
    missing = [parent for parent in path.parents if not parent.exists()]
    path.mkdir(parents=True, mode=PRIVATE)
    give(path, account)
    if account.uid is not None:
        for parent in missing:  # only folders made here are opened, nobody else's
            parent.chmod(parent.stat().st_mode | ENTERABLE)


def _runs(program: Path, folder: Path, account: Account) -> bool:
    """Tell whether the account can enter the folder, by its absolute path, and run the program."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1" && exec "$2" --version', "sh", folder.resolve(), program],
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _home_move_outside(link: Path, account: Account) -> None:
    if account.uid is None or link.is_symlink():
        return
    for base in OUTSIDE:
        try:
            base.mkdir(parents=True, exist_ok=True)
            base.chmod(ENTERABLE)
            home = Path(tempfile.mkdtemp(prefix="server-", dir=base))
        except OSError:
            continue
        give(home, account)
        shutil.rmtree(link)
        link.symlink_to(home)
        return
    raise ServerError(
        "The account 'nobody' cannot enter this folder and none outside can be made. Move the "
        "portal out of the home folder, run it as an ordinary user, or set DATABASE_URL and "
        "REDIS_URL."
    )


def _install_copy(install: Install, link: Path) -> Install:
    """Copy the installation into the home, again when it changed; give the copy."""
    if not install.program("").exists():
        return install
    target = link.resolve() / "install"
    stamp = target / "copied-from"
    times = [(install.root / part).stat().st_mtime_ns for part in install.parts]
    source = f"{install} {times}"
    if not (stamp.exists() and stamp.read_text() == source):
        shutil.rmtree(target, ignore_errors=True)
        for part in install.parts:
            shutil.copytree(install.root / part, target / part, symlinks=True)
        for made in (target, *(target / part for part in install.parts)):
            for folder in (made, *made.parents):
                if folder.is_relative_to(target):
                    folder.chmod(ENTERABLE)
        stamp.write_text(source)
    return Install(target, install.programs, install.parts)
