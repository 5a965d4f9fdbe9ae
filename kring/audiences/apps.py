from django.apps import AppConfig


class AudiencesConfig(AppConfig):
    name = "kring.audiences"
