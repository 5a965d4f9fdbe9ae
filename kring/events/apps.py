from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "kring.events"

    def ready(self) -> None:
        """Every app's notices hear events, and every app says how long its rows are kept."""
        autodiscover_modules("notices", "retention")
