from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "kring.events"

    def ready(self) -> None:
        """Apps hear events, say how long their rows are kept, and what a digest tells of them."""
        autodiscover_modules("notices", "retention", "parts", "digest")
