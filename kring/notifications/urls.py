from django.urls import path

from kring.notifications.views import devices, listed, stop, wishes

app_name = "notifications"
urlpatterns = [
    path("", listed.listed, name="list"),
    path("readings/", listed.readings, name="readings"),
    path("<uuid:notification_id>/", listed.opened, name="open"),
    path("settings/", wishes.settings, name="settings"),
    path("settings/said/", wishes.preview, name="preview"),
    path("settings/address/", wishes.address, name="address"),
    path("first/", wishes.first, name="first"),
    path("devices/", devices.devices, name="devices"),
    path("devices/key/", devices.key, name="push_key"),
    path("devices/<uuid:device_id>/removal/", devices.removal, name="device_removal"),
    path("devices/<uuid:device_id>/trial/", devices.trial, name="device_trial"),
    path("stop/<str:token>/", stop.stop, name="stop"),
]
