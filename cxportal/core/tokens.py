"""Links and keys: long random secrets, one purpose each, stored as hashes.

A link's token is derived from a stored random nonce and the portal's secret key, so that a
reminder can repeat the link while a copy of the database alone opens nothing.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from django.conf import settings


def new_secret() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_of(token: str, purpose: str) -> str:
    """What is stored (64 hex digits); bound to a purpose, so one kind never opens another."""
    return hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()


def derive(nonce: str, purpose: str) -> str:
    """The token of a nonce: 256 bits, URL-safe, reproducible with the secret key only."""
    key = settings.SECRET_KEY.encode()
    digest = hmac.new(key, f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def derived_pair(purpose: str) -> tuple[str, str]:
    """A fresh (nonce, hash) to store for a derived token."""
    nonce = new_secret()
    return nonce, hash_of(derive(nonce, purpose), purpose)


def matches(token: str, purpose: str, stored_hash: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(hash_of(token, purpose), stored_hash)
