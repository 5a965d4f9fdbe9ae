from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "kring.notifications"

    def ready(self) -> None:
        """Every channel is known: each is a module of that folder."""
        folder = import_module(f"{self.name}.channels")
        for found in iter_modules(folder.__path__):
            import_module(f"{folder.__name__}.{found.name}")
