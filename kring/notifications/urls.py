from django.urls import path

from kring.notifications.views import stop

app_name = "notifications"
urlpatterns = [
    path("stop/<str:token>/", stop.stop, name="stop"),
]
