from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BaseConfig(AppConfig):
    name = "kring.base"

    def ready(self) -> None:
        """Every app's checks are known, ours among them."""
        autodiscover_modules("checks")
