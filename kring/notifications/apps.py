from django.apps import AppConfig
from django.db.models.signals import post_migrate

from kring.notifications.pushing.keys import make_keys


class NotificationsConfig(AppConfig):
    name = "kring.notifications"

    def ready(self) -> None:
        """Have the keys for push messages made where there are none."""
        post_migrate.connect(make_keys, sender=self)
