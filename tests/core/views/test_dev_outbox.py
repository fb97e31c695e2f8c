"""The outbox of a portal to try: there for this machine's browser, and for nobody else."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from cxportal.core.mail import outbox_write
from cxportal.core.outbox_folder import FOLDER_BACKEND

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND, settings.OUTBOX_DIR, settings.TRYOUT = FOLDER_BACKEND, tmp_path, True
    return tmp_path


def put(folder: Path, subject: str = "Guten Tag", to: str = "kim@example.com") -> str:
    message = EmailMultiAlternatives(subject, "See https://example.com/x", "a@example.com", [to])
    page = "<html><head></head><body><a href='/s/x/'>7</a><script>1</script></body></html>"
    message.attach_alternative(page, "text/html")
    return outbox_write(folder, message).stem


def test_mails_are_listed_newest_first_and_found_again(client: Client, folder: Path) -> None:
    put(folder, "First")
    put(folder, "인사드립니다", "lee@example.com")
    page = client.get("/dev/outbox/").content.decode()
    assert page.index("인사드립니다") < page.index("First")
    found = client.get("/dev/outbox/", {"search": "lee@"}).content.decode()
    assert "인사드립니다" in found
    assert "First" not in found


def test_a_mail_shows_its_parts_and_its_html_in_a_closed_frame(
    client: Client, folder: Path
) -> None:
    name = put(folder)
    page = client.get(f"/dev/outbox/{name}/").content.decode()
    assert 'sandbox="allow-popups' in page
    assert "<script>1</script>" not in page
    assert 'href="https://example.com/x"' in page
    frame = client.get(f"/dev/outbox/{name}/html/")
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    assert "sandbox" in frame["Content-Security-Policy"]
    assert '<base target="_blank"' in frame.content.decode()
    assert client.get(f"/dev/outbox/{name}/file/")["Content-Type"] == "message/rfc822"


def test_names_lead_nowhere_else(client: Client, folder: Path) -> None:
    put(folder)
    for name in ("x", "20261122-101010-000000-deadbeef", "20261122-101010-000000-..-etc"):
        assert client.get(f"/dev/outbox/{name}/").status_code == 404


def test_it_is_not_there_for_others_or_for_a_real_portal(
    client: Client, folder: Path, settings: Any
) -> None:
    name = put(folder)
    paths = ["/dev/outbox/", *(f"/dev/outbox/{name}/{part}" for part in ("", "html/", "file/"))]
    for path in paths:
        assert client.get(path, REMOTE_ADDR="10.0.0.8").status_code == 404
        assert client.get(path, HTTP_X_FORWARDED_FOR="10.0.0.8").status_code == 404
        assert client.post(path).status_code == 405
    settings.TRYOUT = False
    assert {client.get(path).status_code for path in paths} == {404}
    settings.TRYOUT, settings.EMAIL_BACKEND = True, "django.core.mail.backends.locmem.EmailBackend"
    assert {client.get(path).status_code for path in paths} == {404}
