from django.apps import AppConfig


class AppConfigOfKring(AppConfig):
    name = "kring.app"
    label = "app"
