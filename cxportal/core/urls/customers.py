"""Addresses of customers, segments and the suppression list."""

from django.urls import URLPattern, path

from cxportal.core.views import customers, merges, segments, suppressions, table_imports

urlpatterns: list[URLPattern] = [
    path("customers/", customers.CustomerListView.as_view(), name="customer-list"),
    path("customers/new/", customers.CustomerCreateView.as_view(), name="customer-create"),
    path("customers/import/", customers.CustomerImportView.as_view(), name="customer-import"),
    path("table-imports/<int:pk>/", table_imports.TableImportView.as_view(), name="table-import"),
    path(
        "table-imports/<int:pk>/refused.csv",
        table_imports.RefusedRowsView.as_view(),
        name="table-import-refused",
    ),
    path("customers/<int:pk>/", customers.CustomerDetailView.as_view(), name="customer-detail"),
    path("customers/<int:pk>/edit/", customers.CustomerEditView.as_view(), name="customer-edit"),
    path("customers/<int:pk>/test/", customers.CustomerTestView.as_view(), name="customer-test"),
    path("customers/<int:pk>/erase/", customers.CustomerEraseView.as_view(), name="customer-erase"),
    path("customers/duplicates/", merges.DuplicateListView.as_view(), name="duplicate-list"),
    path("customers/duplicates/find/", merges.DuplicateFindView.as_view(), name="duplicate-find"),
    path(
        "customers/duplicates/<int:pk>/dismiss/",
        merges.DuplicateDismissView.as_view(),
        name="duplicate-dismiss",
    ),
    path("customers/<int:pk>/merge/", merges.CustomerMergeView.as_view(), name="customer-merge"),
    path("customers/merges/<int:pk>/undo/", merges.UnmergeView.as_view(), name="unmerge"),
    path(
        "customers/<int:pk>/privacy-link/",
        customers.CustomerPrivacyLinkView.as_view(),
        name="customer-privacy-link",
    ),
    path(
        "customers/<int:pk>/consent/",
        customers.CustomerConsentView.as_view(),
        name="customer-consent",
    ),
    path("segments/", segments.SegmentListView.as_view(), name="segment-list"),
    path("segments/new/", segments.SegmentCreateView.as_view(), name="segment-create"),
    path("segments/<int:pk>/", segments.SegmentDetailView.as_view(), name="segment-detail"),
    path("segments/<int:pk>/edit/", segments.SegmentEditView.as_view(), name="segment-edit"),
    path("segments/<int:pk>/delete/", segments.SegmentDeleteView.as_view(), name="segment-delete"),
    path("segments/<int:pk>/count/", segments.SegmentRefreshView.as_view(), name="segment-count"),
    path("segments/<int:pk>/people/", segments.SegmentPeopleView.as_view(), name="segment-people"),
    path(
        "segments/<int:pk>/people/<int:customer>/remove/",
        segments.SegmentRemoveView.as_view(),
        name="segment-remove",
    ),
    path("suppressions/", suppressions.SuppressionListView.as_view(), name="suppression-list"),
    path("suppressions/new/", suppressions.SuppressionAddView.as_view(), name="suppression-add"),
    path(
        "suppressions/<int:pk>/remove/",
        suppressions.SuppressionRemoveView.as_view(),
        name="suppression-remove",
    ),
]
