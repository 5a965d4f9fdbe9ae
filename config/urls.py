from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("kring.feed.urls")),
    path("account/", include("kring.accounts.urls")),
    path("media/", include("kring.media.urls")),
    path("more/", include("kring.home.urls")),
    path("health/", include("kring.ops.urls")),
]

if settings.DEMO:
    urlpatterns += [path("demo/", include("kring.demo.urls"))]
