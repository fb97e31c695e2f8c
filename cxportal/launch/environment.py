"""What settings need to know of the machine: folders, secrets, database and broker addresses."""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

ROOT: Path = Path(__file__).resolve().parents[2]
VAR: Path = Path(os.environ.get("PORTAL_VAR") or ROOT / "var")

SECRET_KEY_BYTES = 50
DEMO_PASSWORD_BYTES = 9
SERVERLESS_COMMANDS = frozenset({"collectstatic", "help", "spectacular", "translations", "version"})
NO_DATABASE = "postgres://nobody@127.0.0.1:1/not-started"
NO_REDIS = "redis://127.0.0.1:1/0"


def read_dotenv() -> None:
    """Put the settings of ``.env`` in the repository's root into the environment; set ones stay."""
    path = ROOT / ".env"
    if path.is_file():
        import environ

        environ.Env.read_env(path)


def service_urls(testing: bool) -> tuple[str, str]:
    """Give (database_url, redis_url), starting embedded servers for what is not configured.

    Tests use ``TEST_DATABASE_URL`` and ``TEST_REDIS_URL``, all else ``DATABASE_URL`` and
    ``REDIS_URL``. With ``EMBEDDED_SERVERS=off``, or for a command that needs neither, what is not
    configured gets an address nobody listens on.

    Raises ``cxportal.launch.servers.ServerError`` when an embedded server does not start.
    """
    read_dotenv()
    prefix = "TEST_" if testing else ""
    database = os.environ.get(f"{prefix}DATABASE_URL", "")
    redis = os.environ.get(f"{prefix}REDIS_URL", "")
    if database and redis:
        return database, redis
    if not _servers_wanted(testing):
        return database or NO_DATABASE, redis or NO_REDIS
    from cxportal.launch.servers import ensure_servers

    started = ensure_servers(
        kind="test" if testing else "run", postgres=not database, valkey=not redis
    )
    return database or started.database_url, redis or _own_keyspace(started.redis_url)


def secret_key() -> str:
    """Give ``SECRET_KEY`` of the environment, else the one made once under ``var/``."""
    read_dotenv()
    return os.environ.get("SECRET_KEY") or made_once(
        VAR / "secret_key", lambda: secrets.token_urlsafe(SECRET_KEY_BYTES)
    )


def demo_password() -> str:
    """Give ``DEMO_PASSWORD`` of the environment, else the one made once under ``var/``."""
    read_dotenv()
    return os.environ.get("DEMO_PASSWORD") or made_once(
        VAR / "demo_password", lambda: secrets.token_urlsafe(DEMO_PASSWORD_BYTES)
    )


def made_once(path: Path, make: Callable[[], str]) -> str:
    """Read the one-line secret at ``path``; the first caller makes it, with mode 0600."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make() + "\n")
        try:
            # link, not rename: of two processes starting at once the first one's secret stays
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _own_keyspace(redis_url: str) -> str:
    """Give each of the test processes that share a server a numbered keyspace of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    return redis_url.removesuffix("/0") + f"/{int(worker) + 1}" if worker else redis_url


def _servers_wanted(testing: bool) -> bool:
    if os.environ.get("EMBEDDED_SERVERS", "").lower() == "off":
        return False
    command = sys.argv[1] if len(sys.argv) > 1 and sys.argv[0].endswith("manage.py") else ""
    return testing or command not in SERVERLESS_COMMANDS
