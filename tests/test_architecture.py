"""The house rules that a machine can hold."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FLOORS = ("cxportal", "surveys", "journeys", "loyalty")
# A function or file above the size needs its reason here.
LONG_FUNCTIONS: dict[str, str] = {}


def sources(*tops: str, suffix: str = ".py") -> Iterator[Path]:
    for top in tops or FLOORS:
        for path in sorted((ROOT / top).rglob(f"*{suffix}")):
            if "migrations" not in path.parts:
                yield path


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def offenders(pattern: str, paths: Iterator[Path], *, unless: str = "") -> list[str]:
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if re.search(pattern, line) and not (unless and re.search(unless, line)):
                found.append(f"{shown(path)}:{number}: {line.strip()}")
    return found


def test_floors_import_downwards_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_every_tenant_table_has_a_program_and_a_refusing_manager() -> None:
    from django.apps import apps

    from cxportal.core.errors import ScopeError
    from cxportal.core.models import TenantModel

    tenants = [m for m in apps.get_models() if issubclass(m, TenantModel)]
    assert len(tenants) > 30
    for model in tenants:
        assert model._meta.get_field("program").null is False
        with pytest.raises(ScopeError):
            model.objects.all()
        with pytest.raises(ScopeError):
            model.objects.filter(pk=1)


def test_own_tables_outside_a_program_are_few_and_named() -> None:
    from django.apps import apps

    from cxportal.core.models import TenantModel

    own = {"core", "surveys", "journeys", "loyalty"}
    outside = {
        m.__name__
        for m in apps.get_models()
        if m._meta.app_label in own and not issubclass(m, TenantModel) and not m._meta.auto_created
    }
    # A person may work in several programs; a program is the tenant itself; one that is taken
    # over is not there yet.
    assert outside == {"Program", "User", "Takeover"}


def test_reads_without_a_program_say_why() -> None:
    assert not offenders(r"\.unscoped\b", sources(), unless=r"# unscoped: \S")


def test_no_read_slips_past_the_scope() -> None:
    assert not offenders(r"get_object_or_404|get_list_or_404", sources())
    allowed = {"cxportal/core/commands.py", "cxportal/core/admin.py", "cxportal/core/api/views.py"}
    rest = (p for p in sources() if shown(p) not in allowed)
    assert not offenders(r"_default_manager|_base_manager", rest)


def test_templates_hold_no_inline_script_or_style() -> None:
    pages = sources("templates", suffix=".html")
    mails = {p for p in (ROOT / "templates").rglob("*") if "mail" in p.parts}
    paths = iter([p for p in pages if p not in mails])
    assert not offenders(r"<script>|<script type=\"module\">|\sstyle=\"|\son\w+=\"", paths)


def test_text_is_never_marked_safe() -> None:
    every = [*sources("templates", suffix=".html"), *sources()]
    assert not offenders(r"\|\s*safe\b|mark_safe\(|SafeString\(", iter(every), unless=r"# safe: \S")


def test_files_stay_below_five_hundred_lines() -> None:
    every = [*sources(*FLOORS, "tests", "benchmarks"), *sources("static", suffix=".js")]
    every += [*sources("static", suffix=".css"), *sources("templates", suffix=".html")]
    long = {shown(p): n for p in every if (n := len(p.read_text().splitlines())) > 500}
    assert long == {}


def test_functions_stay_below_sixty_lines() -> None:
    long = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                name = f"{shown(path)}:{node.name}"
                if length > 60 and name not in LONG_FUNCTIONS:
                    long[name] = length
    assert long == {}


def test_formulas_are_written_without_django() -> None:
    calc = [p for p in sources() if "calc" in p.parts]
    assert calc
    assert not offenders(r"^\s*(from|import) (django|rest_framework)", iter(calc))


def test_no_third_party_code_is_kept() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    assert not [f for f in tracked if re.search(r"\.min\.(js|css)$|node_modules/|vendor/", f)]


def test_translating_functions_keep_names_the_catalogues_look_for() -> None:
    """A sentence in a function of another name is in no catalogue and stays English."""
    assert not offenders(r"import .*gettext(_lazy|_noop)? as (?!_\b)", sources())
