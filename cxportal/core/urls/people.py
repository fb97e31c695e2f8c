"""Addresses of members, invitations and teams."""

from django.urls import URLPattern, path

from cxportal.core.views import people

urlpatterns: list[URLPattern] = [
    path("settings/members/", people.MemberListView.as_view(), name="member-list"),
    path("settings/members/invite/", people.MemberInviteView.as_view(), name="member-invite"),
    path("settings/members/<int:pk>/", people.MemberEditView.as_view(), name="member-edit"),
    path(
        "settings/members/<int:pk>/deactivate/",
        people.MemberDeactivateView.as_view(),
        name="member-deactivate",
    ),
    path(
        "settings/members/<int:pk>/reactivate/",
        people.MemberReactivateView.as_view(),
        name="member-reactivate",
    ),
    path(
        "settings/invitations/<int:pk>/revoke/",
        people.InvitationRevokeView.as_view(),
        name="invitation-revoke",
    ),
    path(
        "settings/invitations/<int:pk>/resend/",
        people.InvitationResendView.as_view(),
        name="invitation-resend",
    ),
    path("settings/teams/new/", people.TeamCreateView.as_view(), name="team-create"),
    path("settings/teams/<int:pk>/", people.TeamEditView.as_view(), name="team-edit"),
    path("settings/teams/<int:pk>/delete/", people.TeamDeleteView.as_view(), name="team-delete"),
]
