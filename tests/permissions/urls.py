"""All addresses there are: those of a server, and those of the demo."""

from django.urls import include, path

urlpatterns = [
    path("demo/", include("kring.demo.urls")),
    path("", include("config.urls")),
]
