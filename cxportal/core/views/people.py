"""Members, invitations and teams."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.forms.people import InviteForm, MemberForm, TeamForm
from cxportal.core.models import MemberInvitation, Membership, Team
from cxportal.core.queries.audit import history_of
from cxportal.core.queries.people import invitations_waiting, members_listed, teams_listed
from cxportal.core.services.invitations import (
    invitation_link,
    invitation_revoke,
    invitation_send,
    member_invite,
)
from cxportal.core.services.people import (
    member_deactivate,
    member_reactivate,
    member_update,
    team_create,
    team_delete,
    team_update,
)
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from cxportal.core.views.settings import SettingsForm

MEMBERS = ("core:member-list", gettext_lazy("Members and teams"))


class MemberListView(PortalView):
    permission = "core.manage_members"

    def get(self, request: Any) -> HttpResponse:
        context = {
            "members": members_listed(self.actor),
            "invitations": invitations_waiting(self.actor),
            "teams": teams_listed(self.actor),
        }
        return self.render("core/member_list.html", context)


class MemberInviteView(SettingsForm):
    """After inviting, the page shows the link once, in case the mail does not arrive."""

    permission = "core.manage_members"
    form_class = InviteForm
    title = gettext_lazy("Invite somebody")
    submit_label = gettext_lazy("Send the invitation")
    parent = MEMBERS

    def save(self, form: InviteForm) -> HttpResponse:
        return invite(self, form.cleaned_data["email"], form.cleaned_data["role"])


def invite(view: PortalView, email: str, role: str) -> HttpResponse:
    """Make and send an invitation, then show its link once."""
    invitation, token = member_invite(actor=view.actor, email=email, role=role)
    sent = invitation_send(actor=view.actor, invitation=invitation, token=token)
    context = {"invitation": invitation, "link": invitation_link(token), "sent": sent}
    response = view.render("core/member_invited.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


class InvitationResendView(CommandView):
    """A fresh link; the older one ends."""

    permission = "core.manage_members"

    def command(self, pk: int) -> HttpResponse:
        invitation = get_or_404(MemberInvitation.objects.for_actor(self.actor), pk=pk)
        return invite(self, invitation.email, invitation.role)


class InvitationRevokeView(CommandView):
    permission = "core.manage_members"

    def command(self, pk: int) -> HttpResponse:
        invitation = get_or_404(MemberInvitation.objects.for_actor(self.actor), pk=pk)
        invitation_revoke(actor=self.actor, invitation=invitation)
        self.say(_("The invitation was taken back."))
        return self.redirect("core:member-list")


class MemberView(PortalView):
    """Base of pages about one member."""

    permission = "core.manage_members"

    def member(self, pk: int) -> Membership:
        members = Membership.objects.for_actor(self.actor).select_related("user", "program")
        return get_or_404(members, pk=pk)


class MemberEditView(FormPage, MemberView):
    template = "core/member_form.html"
    form_class = MemberForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> MemberForm:
        self.editing = member = self.member(self.pk)
        self.title = str(member)
        initial = {
            "role": member.role,
            "teams": list(member.teams.all()),
            "sees_personal_data": member.sees_personal_data,
            "exports_personal_data": member.exports_personal_data,
            "starts_campaigns": member.starts_campaigns,
        }
        return MemberForm(data=data, actor=self.actor, initial=initial)

    def extra(self) -> dict[str, Any]:
        return {
            "member": self.editing,
            "cancel_url": self.actor.url("core:member-list"),
            "history": history_of(self.actor, self.editing),
        }

    def save(self, form: MemberForm) -> HttpResponse:
        member_update(actor=self.actor, membership=self.editing, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("core:member-list")


class MemberDeactivateView(CommandView, MemberView):
    def command(self, pk: int) -> HttpResponse:
        member_deactivate(actor=self.actor, membership=self.member(pk))
        undo = self.actor.url("core:member-reactivate", pk)
        self.say(_("The access was ended."), undo=undo)
        return self.redirect("core:member-list")


class MemberReactivateView(CommandView, MemberView):
    def command(self, pk: int) -> HttpResponse:
        member_reactivate(actor=self.actor, membership=self.member(pk))
        self.say(_("The access is back."))
        return self.redirect("core:member-list")


class TeamCreateView(SettingsForm):
    parent = MEMBERS
    permission = "core.manage_members"
    form_class = TeamForm
    title = gettext_lazy("New team")

    def save(self, form: TeamForm) -> HttpResponse:
        team_create(actor=self.actor, name=form.cleaned_data["name"])
        self.say(_("The team was made."))
        return self.redirect("core:member-list")


class TeamEditView(SettingsForm):
    parent = MEMBERS
    permission = "core.manage_members"
    form_class = TeamForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> TeamForm:
        self.team = get_or_404(Team.objects.for_actor(self.actor), pk=self.pk)
        self.title = self.team.name
        return TeamForm(data=data, actor=self.actor, initial={"name": self.team.name})

    def save(self, form: TeamForm) -> HttpResponse:
        team_update(actor=self.actor, team=self.team, name=form.cleaned_data["name"])
        self.say(_("Saved."))
        return self.redirect("core:member-list")


class TeamDeleteView(CommandView):
    permission = "core.manage_members"

    def command(self, pk: int) -> HttpResponse:
        team = get_or_404(Team.objects.for_actor(self.actor), pk=pk)
        team_delete(actor=self.actor, team=team)
        self.say(_("The team was deleted; its people stay."))
        return self.redirect("core:member-list")
