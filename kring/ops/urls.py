from django.urls import path

from kring.ops import views

app_name = "ops"
urlpatterns = [
    path("live", views.live, name="live"),
    path("ready", views.ready, name="ready"),
    path("parked", views.parked, name="parked"),
]
