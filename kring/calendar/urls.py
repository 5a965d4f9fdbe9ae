from django.urls import path

from kring.calendar.views import agenda, entry

app_name = "calendar"
urlpatterns = [
    path("", agenda.agenda, name="agenda"),
    path("new/", entry.new, name="new"),
    path("<uuid:entry_id>/", entry.entry, name="entry"),
    path("<uuid:entry_id>/edit/", entry.edit, name="edit"),
    path("<uuid:entry_id>/withdrawal/", entry.withdrawal, name="withdrawal"),
]
