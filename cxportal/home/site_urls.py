"""Addresses of the roof outside any program: the first account, another program.

They carry no program, so no policy can be asked: the first is open only while nobody has an
account, the second to whoever may begin a program.
"""

from django.urls import path

from cxportal.home.views import start

app_name = "begin"
urlpatterns = [
    path("setup/", start.SetupView.as_view(), name="setup"),
    path("new-program/", start.ProgramBeginView.as_view(), name="program"),
]
