from django.urls import path

from kring.media import views

app_name = "media"
urlpatterns = [
    path("uploads/", views.upload, name="upload"),
    path("uploads/states/", views.states, name="states"),
    path("uploads/<uuid:asset_id>/removal/", views.removal, name="removal"),
    path("<uuid:asset_id>/<slug:size>/<slug:signature>", views.rendition, name="rendition"),
    path("<uuid:asset_id>/<slug:size>/<slug:signature>/<str:name>", views.rendition, name="saved"),
]
