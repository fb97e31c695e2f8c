"""A whole program comes by page: looked at, confirmed, taken over by the worker."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override

from cxportal.core import memory
from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Membership, Program, StoredFile, Takeover, User
from cxportal.core.registry import memories
from cxportal.core.services.files import file_store
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from cxportal.home.demo.remove import program_remove
from cxportal.home.services.takeover import takeover_begin, takeover_look, takeovers_run_due
from cxportal.home.services.transfer import program_export
from tests.conftest import make_customers, make_member, make_program
from tests.home.test_transfer import checksums, figures
from tests.permission_matrix import signed_in

PAGE = "/p/blank/settings/take-over/"
Change = Callable[[dict[str, Any], dict[str, bytes]], None]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def exported(transactional_db: None, tmp_path: Path) -> bytes:
    """A small program as a file; it is gone from this portal."""
    program = make_program("acme")
    make_member(program, "owner", "kim@acme.example")
    make_customers(program, 3)
    path = tmp_path / "acme.zip"
    program_export(program=program, path=path)
    program_remove(program)
    return path.read_bytes()


@pytest.fixture
def owner(transactional_db: None) -> Membership:
    """The owner of a program with nobody in it yet."""
    return make_member(make_program("blank"), "owner", "me@here.example")


def uploaded(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("acme.zip", content, content_type="application/zip")


def changed(content: bytes, change: Change) -> bytes:
    """The file with its manifest and entries changed by hand."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(entries.pop("manifest.json"))
    change(manifest, entries)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (entries | {"manifest.json": json.dumps(manifest).encode()}).items():
            archive.writestr(name, data)
    return out.getvalue()


def test_an_owner_takes_a_whole_program_over_by_page(
    transactional_db: None, tmp_path: Path
) -> None:
    program = demo_program_create("a password that is long")
    demo_fill(program, size=Size(customers=40, responses=120), report=lambda *_: None)
    before, shown = checksums(), figures(program)
    path = tmp_path / "hanbit.zip"
    program_export(program=program, path=path)
    program_remove(program)
    member = make_member(make_program("blank"), "owner", "me@here.example")
    client = signed_in(member.user)
    assert client.get(PAGE).status_code == 200
    looked = client.post(PAGE, {"file": uploaded(path.read_bytes())}, follow=True)
    page = looked.content.decode()
    assert "한빛" in page or program.name in page
    assert "makes room: it is erased for good" in page
    assert Program.objects.get().slug == "blank"
    begun = client.post(f"{PAGE}begin/")
    assert begun.headers["Location"] == "/take-over/"
    assert "Waiting" in client.get("/take-over/").content.decode()
    assert takeovers_run_due() == 1
    there = client.get("/take-over/", headers={"HX-Request": "true"})
    assert there.headers["HX-Redirect"] == "/p/hanbit/"
    assert client.get("/p/hanbit/").status_code == 200
    taken = Program.objects.get()
    aside = {"core_membership"}
    after = checksums()
    assert {k: v for k, v in after.items() if k not in aside} == {
        k: v for k, v in before.items() if k not in aside
    }
    assert figures(taken)[:2] == shown[:2]
    mine = Membership.unscoped.get(program=taken, user=member.user)  # unscoped: test
    assert mine.role == "owner"
    assert list((tmp_path / "media").glob("takeovers/*")) == []


def newer(manifest: dict[str, Any], _entries: dict[str, bytes]) -> None:
    manifest["migrations"]["surveys"] = "9999_later"


def older(manifest: dict[str, Any], _entries: dict[str, bytes]) -> None:
    manifest["migrations"]["surveys"] = "0001_initial"


def another_format(manifest: dict[str, Any], _entries: dict[str, bytes]) -> None:
    manifest["format"] = "another"


def without_a_table(_manifest: dict[str, Any], entries: dict[str, bytes]) -> None:
    del entries["rows/core_customer"]


@pytest.mark.parametrize(
    ("change", "korean"),
    [
        (newer, "더 새로운 버전"),
        (older, "더 오래된 버전"),
        (another_format, "내보낸 프로그램 파일이 아닙니다"),
        (without_a_table, "손상되었거나"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_the_reader_s_language(
    exported: bytes, owner: Membership, change: Change, korean: str
) -> None:
    User.objects.filter(pk=owner.user_id).update(language="ko")
    answer = signed_in(owner.user).post(PAGE, {"file": uploaded(changed(exported, change))})
    assert answer.status_code == 422
    assert korean in answer.content.decode()
    assert not Takeover.objects.exists()


def test_what_is_no_zip_is_refused(owner: Membership) -> None:
    answer = signed_in(owner.user).post(PAGE, {"file": uploaded(b"a letter, no program")})
    assert answer.status_code == 422
    assert "This file is no exported program." in answer.content.decode()


def of_another_program(_manifest: dict[str, Any], entries: dict[str, bytes]) -> None:
    lines = entries["rows/core_customer"].split(b"\n")
    program = entries["rows/core_program"].split(b"\t")[0]
    lines[0] = lines[0].replace(b"\t" + program + b"\t", b"\t" + b"987654" + b"\t", 1)
    entries["rows/core_customer"] = b"\n".join(lines)


def a_second_program(manifest: dict[str, Any], entries: dict[str, bytes]) -> None:
    cells = entries["rows/core_program"].split(b"\t")
    second = b"\t".join([b"987654", b"second", *cells[2:]])
    entries["rows/core_program"] += second
    manifest["tables"]["core_program"]["rows"] = 2


def fewer_rows(_manifest: dict[str, Any], entries: dict[str, bytes]) -> None:
    entries["rows/core_customer"] = entries["rows/core_customer"].split(b"\n")[0] + b"\n"


def out_of_the_folder(_manifest: dict[str, Any], entries: dict[str, bytes]) -> None:
    entries["files/../../escaped.txt"] = b"x"


@pytest.mark.parametrize(
    "change", [of_another_program, a_second_program, fewer_rows, out_of_the_folder]
)
def test_a_file_changed_by_hand_leaves_everything_as_it_was(
    exported: bytes, owner: Membership, change: Change, tmp_path: Path
) -> None:
    actor = Actor.member(owner)
    takeover_look(actor=actor, file=uploaded(changed(exported, change)))
    takeover_begin(actor=actor)
    takeovers_run_due()
    found = Takeover.objects.get()
    assert (found.state, found.message) == (
        "failed",
        "The file is damaged or was changed. Export the program again.",
    )
    assert Program.objects.get().slug == "blank"
    assert not Customer.unscoped.exists()  # unscoped: test
    assert not (tmp_path / "escaped.txt").exists()
    page = signed_in(owner.user).get(PAGE).content.decode()
    assert "The file is damaged" in page


def test_a_portal_at_work_takes_no_other_program(exported: bytes, owner: Membership) -> None:
    make_customers(owner.program, 1)
    actor = Actor.member(owner)
    takeover_look(actor=actor, file=uploaded(exported))
    page = signed_in(owner.user).get(PAGE).content.decode()
    assert "These programs" not in page
    assert owner.program.name in page
    with pytest.raises(DomainError, match="works for"):
        takeover_begin(actor=actor)
    assert Takeover.objects.get().state == "draft"


def test_somebody_else_s_program_never_makes_room(exported: bytes, owner: Membership) -> None:
    make_program("other")
    actor = Actor.member(owner)
    takeover_look(actor=actor, file=uploaded(exported))
    with pytest.raises(DomainError, match="works for"):
        takeover_begin(actor=actor)
    # One that came after the confirmation stops the worker as well.
    Takeover.objects.update(state="queued")
    takeovers_run_due()
    assert Takeover.objects.get().state == "failed"
    assert Program.objects.count() == 2


def test_only_owners_come_to_it_and_see_their_own(exported: bytes, owner: Membership) -> None:
    manager = make_member(owner.program, "manager")
    client = signed_in(manager.user)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}begin/").status_code == 403
    assert client.get("/take-over/").status_code == 404
    assert Client().get("/take-over/").status_code == 302
    mine = signed_in(owner.user)
    assert mine.post(f"{PAGE}begin/").status_code == 409
    mine.post(PAGE, {"file": uploaded(exported)})
    assert mine.get("/take-over/").status_code == 404
    assert mine.post(f"{PAGE}discard/").status_code == 302
    assert not Takeover.objects.exists()


def test_a_name_taken_on_the_disk_changes_in_the_row(
    transactional_db: None, tmp_path: Path
) -> None:
    program = make_program("acme")
    stored = file_store(actor=Actor.system(program), name="a.txt", content=b"theirs")
    path = tmp_path / "acme.zip"
    program_export(program=program, path=path)
    name = str(stored.file.name)
    program_remove(program)
    default_storage.delete(name)
    with default_storage.open(name, "wb") as file:
        file.write(b"somebody else's")
    member = make_member(make_program("blank"), "owner")
    actor = Actor.member(member)
    takeover_look(actor=actor, file=uploaded(path.read_bytes()))
    takeover_begin(actor=actor)
    takeovers_run_due()
    kept = StoredFile.unscoped.get()  # unscoped: test
    assert kept.file.name != name
    assert kept.file.read() == b"theirs"
    with default_storage.open(name) as file:
        assert file.read() == b"somebody else's"


def test_every_process_forgets_what_it_remembered(monkeypatch: Any) -> None:
    forgotten: list[str] = []
    monkeypatch.setattr("cxportal.core.memory.memories", [lambda: forgotten.append("x")])
    monkeypatch.setitem(memory._seen, "next", 0.0)
    memory.memory_check()
    forgotten.clear()
    memory.memory_check()
    assert forgotten == []
    # Another process took a program over.
    cache.set("memory-epoch", "another", None)
    memory.memory_check()
    assert forgotten == []
    monkeypatch.setitem(memory._seen, "next", 0.0)
    memory.memory_check()
    assert forgotten == ["x"]
    assert len(memories) >= 2


def test_the_worker_speaks_the_language_of_who_began(exported: bytes, owner: Membership) -> None:
    User.objects.filter(pk=owner.user_id).update(language="ko")
    owner.refresh_from_db()
    actor = Actor.member(owner)
    takeover_look(actor=actor, file=uploaded(changed(exported, fewer_rows)))
    takeover_begin(actor=actor)
    with override("en"):
        takeovers_run_due()
    assert "손상되었거나" in Takeover.objects.get().message
