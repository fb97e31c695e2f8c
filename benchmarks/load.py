"""Clients in a process of their own: threads with kept connections, bounded in number."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CLIENTS = 8
FORM = "q_nps=9&q_csat=4&q_why=Friendly+people+and+a+fast+delivery%2C+thanks."
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def rate(
    address: str,
    kind: str,
    paths: Sequence[str],
    *,
    clients: int = CLIENTS,
    body: str = FORM,
    headers: Mapping[str, str] = FORM_TYPE,
) -> float:
    """Requests (or pairs of them) a second over all paths, from a separate process.

    Kinds: get, post, answer (GET, then POST the form). `headers` go with each POST. Raises
    RuntimeError when one fails.
    """
    order = {
        "address": address, "kind": kind, "paths": list(paths), "clients": clients, "body": body,
        "headers": dict(headers),
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).resolve())],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    return float(ran.stdout)


def _client(order: dict[str, Any], paths: Sequence[str]) -> None:
    line = http.client.HTTPConnection(urlsplit(order["address"]).netloc, timeout=60)
    for path in paths:
        if order["kind"] in {"get", "answer"}:
            _send(line, "GET", path, None, {})
        if order["kind"] in {"post", "answer"}:
            _send(line, "POST", path, order["body"], order["headers"])
    line.close()


def _send(
    line: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None,
    headers: dict[str, str],
) -> None:
    line.request(method, path, body=body, headers=headers)
    answer = line.getresponse()
    answer.read()
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status}")


def _run(order: dict[str, Any]) -> float:
    shares = [order["paths"][i :: order["clients"]] for i in range(order["clients"])]
    began = time.perf_counter()
    with ThreadPoolExecutor(order["clients"]) as pool:
        for done in [pool.submit(_client, order, share) for share in shares]:
            done.result()
    return len(order["paths"]) / (time.perf_counter() - began)


if __name__ == "__main__":
    print(_run(json.load(sys.stdin)))
