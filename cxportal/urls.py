"""The roof of all addresses."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

program_pages = [
    path("", include("cxportal.home.urls")),
    path("", include("cxportal.core.urls")),
    path("", include("surveys.urls")),
    path("", include("journeys.urls")),
    path("", include("loyalty.urls")),
    path("", include("loyalty.steering_urls")),
]

urlpatterns = [
    path("", include("cxportal.core.site_urls")),
    path("", include("cxportal.home.site_urls")),
    path("", include("surveys.public_urls")),
    path("p/<slug:program>/", include(program_pages)),
    path("accounts/", include("allauth.urls")),
    path("api/", include("cxportal.api.urls")),
    path("admin/", admin.site.urls),
]

if settings.ANYMAIL.get("WEBHOOK_SECRET"):
    # A mail provider's webhooks; without a secret anybody could call them, so they are not there.
    urlpatterns.append(path("anymail/", include("anymail.urls")))

handler400 = "cxportal.core.views.errors.bad_request"
handler403 = "cxportal.core.views.errors.forbidden"
handler404 = "cxportal.core.views.errors.not_found"
handler500 = "cxportal.core.views.errors.broken"
handler429 = "cxportal.core.views.errors.too_many"
