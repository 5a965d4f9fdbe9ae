from django.conf import settings
from django.urls import include, path

handler400 = "kring.base.errors.bad_request"
handler403 = "kring.base.errors.permission_denied"
handler404 = "kring.base.errors.not_found"
handler500 = "kring.base.errors.server_error"
urlpatterns = [
    path("", include("kring.feed.urls")),
    path("account/", include("kring.accounts.urls")),
    path("media/", include("kring.media.urls")),
    path("notifications/", include("kring.notifications.urls")),
    path("agenda/", include("kring.calendar.urls")),
    path("", include("kring.app.urls")),
    path("more/", include("kring.home.urls")),
    path("join/", include("kring.joining.urls")),
    path("office/", include("kring.office.urls")),
    path("office/<uuid:school_id>/joining/", include("kring.joining.office_urls")),
    path("office/<uuid:school_id>/school/calendar/", include("kring.calendar.office_urls")),
    path("office/<uuid:school_id>/import/", include("kring.importing.urls")),
    path("health/", include("kring.ops.urls")),
]

if settings.DEMO:
    urlpatterns += [path("demo/", include("kring.demo.urls"))]
