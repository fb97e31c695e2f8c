"""Goal 13: how soon the portal answers, and how much its first pages weigh."""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from benchmarks.line import Line
from cxportal.launch.environment import ROOT, VAR
from cxportal.launch.processes import LOOPBACK, free_port

FOLDER = VAR / "start"
PATIENCE = 90.0  # seconds


def measure_start(size: str) -> list[Line]:
    """First and second start until /healthz answers; weight of home and of a survey page."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    first = _start_seconds()
    second = _start_seconds()
    return [
        Line("13", "first-start-s", first, 10.0, "empty folder", at_most=True, spread=1.0),
        Line("13", "second-start-s", second, 4.0, "same folder", at_most=True, spread=0.5),
        *_weights(),
    ]


def _start_seconds() -> float:
    port = free_port()
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    env = {**kept, "PORTAL_VAR": str(FOLDER), "PORT": str(port), "DEMO": "off"}
    env["CXPORTAL_IGNORE_DOTENV"] = "1"
    began = time.perf_counter()
    with (VAR / "start.log").open("ab") as log:
        run = subprocess.Popen(
            [sys.executable, "-m", "cxportal.launch", "run"],
            cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        while time.perf_counter() - began < PATIENCE:
            if _get(f"http://{LOOPBACK}:{port}/healthz") is not None:
                return time.perf_counter() - began
            time.sleep(0.05)
        raise RuntimeError("the portal did not answer; see start.log")
    finally:
        run.send_signal(signal.SIGTERM)
        run.wait(60)


def _get(url: str) -> bytes | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bytes(answer.read())
    except OSError:
        return None


def _weights() -> list[Line]:
    from django.test import Client

    from benchmarks.world import make_world
    from cxportal.core.models import Membership, User

    world = make_world("bench-weight")
    user = User.objects.create_user("weight@bench.example", name="Weight", language="en")
    Membership.unscoped.create(program=world.actor.program, user=user, role="owner")
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend="cxportal.core.auth.ActiveUserBackend")
    home = client.get(world.actor.url("home:home")).content
    survey = Client(HTTP_HOST="localhost").get(world.links(1)[0]).content
    behind = "kB, gzip, every file counted"
    return [
        Line("13", "home-kB", _weight(home), 120.0, behind, at_most=True),
        Line("13", "survey-kB", _weight(survey), 30.0, behind, at_most=True),
    ]


def _weight(page: bytes) -> float:
    """Kilobytes of the page and of every style, script and picture it names, compressed."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    total = len(gzip.compress(page))
    names = set(re.findall(rb'(?:href|src)="/static/([^"?#]+)', page))
    for name in sorted(n.decode() for n in names):
        path = Path(settings.STATIC_ROOT) / name
        found = path if path.exists() else finders.find(name)
        total += len(gzip.compress(Path(str(found)).read_bytes()))
    return total / 1000
