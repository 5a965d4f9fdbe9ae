"""Every night: what signing in left behind and no longer serves is thrown away."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet

from kring.accounts.models import TabletPin
from kring.base import clock
from kring.base.jobs import periodic

AT_ONCE = 500  # rows of one delete


@periodic(cron="17 3 * * *")
def forget_what_ended(timestamp: int) -> None:  # noqa: ARG001  (the moment of the period)
    """Sessions past their end, devices of sessions that are gone, codes and limits that ran out."""
    _delete(Session.objects.filter(expire_date__lt=clock.now()))
    session = Session.objects.filter(pk=OuterRef("session_key"))
    _delete(UserSession.objects.filter(~Exists(session)))
    _delete(TabletPin.objects.unscoped("the house sweeps").filter(expires_at__lt=clock.now()))
    _delete_limits()


def _delete(rows: QuerySet[Model]) -> None:
    """In bounded steps, each a transaction of its own: nobody who signs in waits for long."""
    while keys := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        rows.model._default_manager.filter(pk__in=keys).delete()


def _delete_limits() -> None:
    counts = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    ended = f"SELECT cache_key FROM {counts} WHERE expires < %s LIMIT %s"  # noqa: S608  (our own name)
    with connection.cursor() as cursor:
        deleted = AT_ONCE
        while deleted == AT_ONCE:
            statement = f"DELETE FROM {counts} WHERE cache_key IN ({ended})"  # noqa: S608
            cursor.execute(statement, [clock.now(), AT_ONCE])
            deleted = cursor.rowcount
