"""Tables of the ground floor."""

from cxportal.core.models.base import (
    BusyTenantModel,
    TenantManager,
    TenantModel,
    TenantQuerySet,
    VersionedModel,
)
from cxportal.core.models.customers import (
    Channel,
    Consent,
    Customer,
    CustomerEvent,
    Segment,
    SegmentMember,
    Suppression,
)
from cxportal.core.models.fields import I18nTextField, as_texts, text_in
from cxportal.core.models.imports import ImportFault, TableImport
from cxportal.core.models.merges import CustomerMerge, DuplicatePair, PrivacyLink
from cxportal.core.models.notes import Note
from cxportal.core.models.programs import (
    MemberInvitation,
    Membership,
    Program,
    Role,
    Takeover,
    Team,
    User,
)
from cxportal.core.models.records import (
    ApiKey,
    AuditEntry,
    IdempotencyRecord,
    Job,
    Notification,
    OutboxEvent,
    StoredFile,
    Webhook,
    WebhookDelivery,
)
from cxportal.core.models.retention import RetentionRule
from cxportal.core.models.sharing import (
    ReportMail,
    SavedView,
    ScheduledReport,
    Shared,
    ShareLink,
)

__all__ = [
    "ApiKey",
    "AuditEntry",
    "BusyTenantModel",
    "Channel",
    "Consent",
    "Customer",
    "CustomerEvent",
    "CustomerMerge",
    "DuplicatePair",
    "I18nTextField",
    "IdempotencyRecord",
    "ImportFault",
    "Job",
    "MemberInvitation",
    "Membership",
    "Note",
    "Notification",
    "OutboxEvent",
    "PrivacyLink",
    "Program",
    "ReportMail",
    "RetentionRule",
    "Role",
    "SavedView",
    "ScheduledReport",
    "Segment",
    "SegmentMember",
    "ShareLink",
    "Shared",
    "StoredFile",
    "Suppression",
    "TableImport",
    "Takeover",
    "Team",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "User",
    "VersionedModel",
    "Webhook",
    "WebhookDelivery",
    "as_texts",
    "text_in",
]
