from datetime import timedelta

from kring.base.registry import retention
from kring.notifications.models import Delivery, Notification

YEAR = timedelta(days=365)

retention(Notification, because="who was told, for a year of questions", keep=YEAR)
retention(Delivery, because="which message went, for a year of questions", keep=YEAR)
