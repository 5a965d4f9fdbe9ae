from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("kring.feed.urls")),
    path("account/", include("kring.accounts.urls")),
    path("media/", include("kring.media.urls")),
    path("", include("kring.app.urls")),
    path("more/", include("kring.home.urls")),
    path("join/", include("kring.joining.urls")),
    path("office/", include("kring.office.urls")),
    path("office/<uuid:school_id>/joining/", include("kring.joining.office_urls")),
    path("office/<uuid:school_id>/import/", include("kring.importing.urls")),
    path("health/", include("kring.ops.urls")),
]

if settings.DEMO:
    urlpatterns += [path("demo/", include("kring.demo.urls"))]
