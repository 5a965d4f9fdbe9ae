from datetime import timedelta

from kring.base.registry import retention
from kring.notifications.models import (
    Bounce,
    Delivery,
    Notification,
    Preference,
    PushSubscription,
    Reply,
    Wishes,
)

YEAR = timedelta(days=365)

retention(Notification, because="who was told, for a year of questions", keep=YEAR)
retention(Delivery, because="which message went, for a year of questions", keep=YEAR)
retention(Preference, because="goes with the person")
retention(Wishes, because="goes with the person")
retention(
    PushSubscription, because="until the device stops it, or the push service knows it no more"
)
retention(Bounce, because="whom the office must ask for an address, for a year", keep=YEAR)
retention(Reply, because="who answered a mail, for as long as a school year", keep=YEAR)
