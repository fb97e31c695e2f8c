"""S1: every address × every visitor, on the demo's data; a leak is anybody further than allowed."""

from django.db import transaction

from tests.torture.line import Line

FAULT = "S1"


def run(size: str) -> Line:
    """The matrix of tests/test_permissions.py, on a database with migrations as in service."""
    from tests.permission_matrix import walk_api, walk_pages
    from tests.permission_world import keys_for, make_home, make_outsider

    with transaction.atomic():
        home, outsider = make_home(), make_outsider()
        pages = walk_pages(home, outsider, all_allowed=True)
        api = walk_api(home, keys_for(home, outsider))
        transaction.set_rollback(True)
    for leak in [*pages.leaks, *api.leaks]:
        print(f"  {leak}")
    leaks = len(pages.leaks) + len(api.leaks)
    return Line(FAULT, {"cells": pages.cells + api.cells, "leaks": leaks}, ok=leaks == 0)
