"""Every night: what signing in left behind and no longer serves is thrown away."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from kring.base import clock
from kring.base.jobs import periodic


@periodic(cron="17 3 * * *")
def forget_what_ended(timestamp: int) -> None:  # noqa: ARG001  (the moment of the period)
    """Sessions past their end, the devices of sessions that are gone, limits that ran out."""
    now = clock.now()
    Session.objects.filter(expire_date__lt=now).delete()
    alive = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=alive).delete()
    counts = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {counts} WHERE expires < %s", [now])  # noqa: S608  (our own name)
