"""Addresses of the roof outside any program: the first account, another program, a takeover.

They carry no program, so no policy can be asked: the first is open only while nobody has an
account, the second to whoever may begin a program, the third shows one's own takeover alone.
"""

from django.urls import path

from cxportal.home.views import start, whole_program

app_name = "begin"
urlpatterns = [
    path("setup/", start.SetupView.as_view(), name="setup"),
    path("take-over/", whole_program.TakeOverProgressView.as_view(), name="take-over"),
    path("new-program/", start.ProgramBeginView.as_view(), name="program"),
]
