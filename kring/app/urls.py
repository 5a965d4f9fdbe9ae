from django.urls import path

from kring.app import views

app_name = "app"
urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.worker, name="worker"),
    path("offline/<str:language>/", views.offline, name="offline"),
    path("share/", views.share, name="share"),
    path("more/app/", views.about, name="about"),
    path("more/app/hint/", views.hint, name="hint"),
]
