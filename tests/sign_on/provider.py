"""A real OpenID Connect provider, allauth's own, as another process with a database of its own.

Usage: provider.py PORT CALLBACK FOLDER. Knows two people: dana@firm.example (group cx-managers)
and evan@firm.example (no group), both with the password PASSWORD.
"""

import os
import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

CLIENT, SECRET, PASSWORD = "portal", "a secret of the client", "provider pass phrase"
PEOPLE = {"dana@firm.example": ["cx-managers"], "evan@firm.example": []}


def configure(folder: Path, address: str) -> None:
    """Settings of the provider."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    settings.configure(
        SECRET_KEY="provider",
        DEBUG=True,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        SESSION_COOKIE_NAME="provider",
        CSRF_COOKIE_NAME="provider-csrf",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "p.db"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        ACCOUNT_LOGIN_METHODS={"email"},
        ACCOUNT_SIGNUP_FIELDS=["email*", "password1*"],
        ACCOUNT_EMAIL_VERIFICATION="none",
        IDP_OIDC_PRIVATE_KEY=pem.decode(),
        IDP_OIDC_ADAPTER=f"{__name__}.Adapter",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )


def fill(callback: str) -> None:
    """The people and the portal as a client."""
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for email in PEOPLE:
        name = email.partition("@")[0]
        user = get_user_model().objects.create_user(
            username=name, email=email, password=PASSWORD, first_name=name.title()
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    Client.objects.create(
        id=CLIENT,
        name="Portal",
        secret=make_password(SECRET),
        scopes="openid\nprofile\nemail",
        redirect_uris=callback,
        skip_consent=True,
    )


def serve(port: int) -> None:
    """Answer until the process is ended."""
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_args: Any) -> None:
            pass

    make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet).serve_forever()


def main(port: int, callback: str, folder: Path) -> None:
    """Make the provider and let it answer."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    configure(folder, f"http://localhost:{port}")
    import django

    django.setup()
    from allauth.idp.oidc.adapter import DefaultOIDCAdapter
    from django.urls import include, path

    class Adapter(DefaultOIDCAdapter):  # type: ignore[misc]
        def get_claims(self, purpose: str, user: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
            claims: dict[str, Any] = super().get_claims(purpose, user, *args, **kwargs)
            return {**claims, "groups": PEOPLE[user.email]}

    here = sys.modules[__name__]
    here.Adapter = Adapter  # type: ignore[attr-defined]
    here.urlpatterns = [  # type: ignore[attr-defined]
        path("accounts/", include("allauth.account.urls")),
        path("", include("allauth.idp.urls")),
    ]
    fill(callback)
    serve(port)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
