from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "kring.calendar"
