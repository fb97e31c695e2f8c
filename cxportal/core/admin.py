"""Django's admin, for operators: everything can be looked at, services alone write.

Only people and programs can be changed here. Secrets and hashes are never shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import (
    ApiKey,
    AuditEntry,
    Consent,
    Customer,
    CustomerEvent,
    CustomerMerge,
    DuplicatePair,
    IdempotencyRecord,
    ImportFault,
    Job,
    MemberInvitation,
    Membership,
    Note,
    Notification,
    OutboxEvent,
    PrivacyLink,
    Program,
    ReportMail,
    RetentionRule,
    SavedView,
    ScheduledReport,
    Segment,
    SegmentMember,
    ShareLink,
    StoredFile,
    Suppression,
    TableImport,
    Team,
    TenantModel,
    User,
    Webhook,
    WebhookDelivery,
)

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    ProgramModelAdmin = admin.ModelAdmin[Program]
    PersonAdmin = DjangoUserAdmin[User]
else:
    PersonAdmin = DjangoUserAdmin
    AnyModelAdmin = ProgramModelAdmin = admin.ModelAdmin

NEW_PERSON = ("email", "name", "usable_password", "password1", "password2")
NEVER_SHOWN = {
    "secret", "key_hash", "token_hash", "nonce", "link_nonce", "link_hash", "body", "password",
}  # fmt: skip

admin.site.site_header = _("CX Portal for operators")
admin.site.site_title = _("CX Portal for operators")
# The same door as everybody's: two-factor and the lock after wrong passwords hold here too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.unregister(Group)


class ReadOnlyAdmin(AnyModelAdmin):
    """Lists and pages without a button that writes."""

    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [f for f in super().get_fields(request, obj) if f not in NEVER_SHOWN]


class ReadOnlyTenantAdmin(ReadOnlyAdmin):
    """A tenant table: rows of every program, the program beside each."""

    list_select_related = ("program",)
    list_filter = ("program",)


def show(
    model: type[TenantModel],
    *columns: str,
    search: tuple[str, ...] = (),
    narrow: tuple[str, ...] = (),
    related: tuple[str, ...] = (),
) -> None:
    """Register a tenant table with its columns, searched and filtered fields."""
    options = {
        "list_display": ("pk", "program", *columns),
        "search_fields": search,
        "list_filter": ("program", *narrow),
        "list_select_related": ("program", *related),
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyTenantAdmin,), options))


show(Customer, "external_id", "kind", "language", "is_test", "updated_at",
     search=("external_id", "=email"), narrow=("kind", "is_test"))  # fmt: skip
show(CustomerEvent, "customer_id", "kind", "occurred_at", search=("=external_id", "kind"))
show(Segment, "code", "kind", "member_count", "updated_at", search=("code",), narrow=("kind",))
show(SegmentMember, "segment_id", "customer_id", "added_at")
show(Consent, "customer_id", "channel", "purpose", "granted", "at", narrow=("channel", "granted"))
show(Suppression, "address", "channel", "reason", "at", search=("address",), narrow=("reason",))
show(Membership, "user", "role", "is_active", search=("user__email", "user__name"),
     narrow=("role", "is_active"), related=("user",))  # fmt: skip
show(Team, "name", search=("name",))
show(MemberInvitation, "email", "role", "expires_at", "accepted_at", "revoked_at",
     search=("email",))  # fmt: skip
show(AuditEntry, "at", "actor_label", "action", "object_type", "object_label",
     search=("actor_label", "action", "object_label"), narrow=("at", "action"))  # fmt: skip
show(OutboxEvent, "topic", "created_at", narrow=("topic",))
show(Job, "kind", "state", "done", "total", "started_by", "created_at", narrow=("state", "kind"),
     related=("started_by",))  # fmt: skip
show(Notification, "membership_id", "kind", "created_at", "read_at", narrow=("kind",))
show(StoredFile, "name", "content_type", "size", "created_at", search=("name",))
show(ShareLink, "kind", "title", "created_by", "created_at", "expires_at", "revoked_at",
     search=("title",), narrow=("kind",), related=("created_by",))  # fmt: skip
show(SavedView, "page", "name", "is_shared", "owner", search=("name",), related=("owner",))
show(ScheduledReport, "kind", "title", "cadence", "due_at", "is_active", search=("title",),
     narrow=("kind", "is_active"))  # fmt: skip
show(ReportMail, "report_id", "occurrence", "address", "state", "attempts", "problem",
     search=("=address",), narrow=("state",))  # fmt: skip
show(CustomerMerge, "kept_id", "merged_id", "at", "by", "undone_at", related=("by",))
show(DuplicatePair, "first_id", "second_id", "likeness", "state", narrow=("state",))
show(PrivacyLink, "customer_id", "created_at", "expires_at", "last_used_at")
show(TableImport, "kind", "name", "done", "total", "created_at", narrow=("kind",))
show(ImportFault, "table_import_id", "line")
show(RetentionRule, "subject", "days", "deed", narrow=("subject", "deed"))
show(Note, "object_type", "object_id", "author_label", "at", narrow=("object_type",))
show(ApiKey, "name", "prefix", "created_at", "expires_at", "revoked_at", "last_used_at",
     search=("name", "prefix"))  # fmt: skip
show(IdempotencyRecord, "api_key_id", "route", "status", "created_at", search=("=key",))
show(Webhook, "url", "is_active", "disabled_reason", search=("url",), narrow=("is_active",))
show(WebhookDelivery, "event", "attempt", "due_at", "delivered_at", "failed_at", "last_status",
     search=("=event_id", "event"))  # fmt: skip


@admin.register(Program)
class ProgramAdmin(ProgramModelAdmin):
    """Programs: made by `manage.py program create`, never deleted by a press here."""

    list_display = ("name", "slug", "timezone", "currency", "is_demo", "created_at")
    search_fields = ("name", "slug")
    readonly_fields = ("slug", "is_demo", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(PersonAdmin):
    """People: made by invitation, deactivated rather than deleted."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": NEW_PERSON}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: User, form: ModelForm[Any], change: bool
    ) -> None:
        obj.email = obj.email.lower()
        super().save_model(request, obj, form, change)


def tenant_tables_left_out() -> list[type[Model]]:
    """Tenant tables no floor has registered; a test holds this empty."""
    from django.apps import apps

    tables = [m for m in apps.get_models() if issubclass(m, TenantModel)]
    return [m for m in tables if not admin.site.is_registered(m)]
