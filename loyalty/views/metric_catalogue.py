"""The field's metrics: what peers use, what this program connects, one step to connect each."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, PortalView
from loyalty.metric_catalogue import SOURCE
from loyalty.models import Kpi
from loyalty.queries.metric_catalogue import catalogue_of
from loyalty.services.metric_catalogue import metric_connect
from surveys.models import Metric


class MetricCatalogueView(PortalView):
    """The catalogue, most used first."""

    permission = "surveys.view_metrics"

    def get(self, request: HttpRequest) -> HttpResponse:
        metrics = may(self.actor, "surveys.change_metrics")
        kpis = may(self.actor, "loyalty.change_scorecard")
        context = {
            "catalogue": catalogue_of(self.actor),
            "source": SOURCE,
            "may": {"records": metrics, "kpis": kpis},
        }
        return self.render("steering/metric_catalogue.html", context)


class MetricConnectView(CommandView):
    """Connect one metric; the page of what was made says what comes next."""

    permission = "loyalty.change_steering"

    def command(self) -> HttpResponse:
        post = self.request.POST
        made = metric_connect(actor=self.actor, code=post.get("code", ""), way=post.get("way", ""))
        if isinstance(made, Kpi):
            self.say(_("“%(name)s” is on the scorecard.") % {"name": str(made)})
            return self.redirect("steering:kpi-detail", made.pk)
        if isinstance(made, Metric):
            self.say(_("The metric is made. Say which question of a survey feeds it."))
            return self.redirect("surveys:metric-detail", made.pk)
        if made.feed:
            self.say(_("The portal counts “%(name)s” from now on.") % {"name": str(made)})
        else:
            self.say(_("The metric was made. Now bring its values."))
        return self.redirect("surveys:operational-detail", made.pk)
