"""Addresses that go onto the wire as they are, and those that must be quoted first."""

import smtplib

import pytest
from django.core.mail.message import sanitize_address
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.services.wire import is_plain_address


@settings(max_examples=300)
@given(st.from_regex(r"[A-Za-z0-9.!+'_-]{1,20}@[A-Za-z0-9.-]{1,20}", fullmatch=True))
def test_a_plain_address_needs_no_quoting(address: str) -> None:
    if is_plain_address(address):
        assert sanitize_address(address, "utf-8") == address
        assert smtplib.quoteaddr(address) == f"<{address}>"


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("kim.min-su+a@mail.example.com", True),
        ("o'hara_1@example.com", True),
        ("kim@한빛.kr", False),
        ("김@example.com", False),
        ("kim..min@example.com", False),
        (".kim@example.com", False),
        ('"kim min"@example.com', False),
        ("Kim <kim@example.com>", False),
        ("kim@example.com\r\nBcc: x@example.com", False),
        ("kim@example.com\n", False),
        ("kim@-example.com", False),
        ("kim", False),
        ("k" * 250 + "@example.com", False),
    ],
)
def test_what_counts_as_plain(address: str, plain: bool) -> None:
    assert is_plain_address(address) is plain
