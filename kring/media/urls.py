from django.urls import path

from kring.media import views

app_name = "media"
urlpatterns = [
    path("uploads/", views.upload, name="upload"),
    path("<uuid:asset_id>/<slug:size>/<slug:signature>", views.rendition, name="rendition"),
]
