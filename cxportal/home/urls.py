"""Home and search, below /p/<program>/."""

from django.urls import path

from cxportal.home.views import digest, guide, home, start, whole_program

app_name = "home"
urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("digest/", digest.DigestView.as_view(), name="digest"),
    path("digest/choose/", digest.DigestChooseView.as_view(), name="digest-choose"),
    path("help/", guide.HelpView.as_view(), name="help"),
    path("start/", start.StartView.as_view(), name="start"),
    path("start/skip/", start.StartSkipView.as_view(), name="start-skip"),
    path("start/ask/", start.StartAskView.as_view(), name="start-ask"),
    path("settings/whole/", whole_program.WholeProgramView.as_view(), name="whole-program"),
    path("settings/whole/export/", whole_program.WholeExportView.as_view(), name="whole-export"),
    path("settings/whole/erase/", whole_program.WholeEraseView.as_view(), name="whole-erase"),
    path("settings/take-over/", whole_program.TakeOverView.as_view(), name="take-over"),
    path(
        "settings/take-over/begin/",
        whole_program.TakeOverBeginView.as_view(),
        name="take-over-begin",
    ),
    path(
        "settings/take-over/discard/",
        whole_program.TakeOverDiscardView.as_view(),
        name="take-over-discard",
    ),
    path("search/", home.SearchView.as_view(), name="search"),
]
