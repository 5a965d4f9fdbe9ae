"""What a front, a supervisor or a monitor asks: does it live, can it serve?"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from kring.base.block import outside_block


@outside_block("a monitor is nobody, and reads no row")
@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers."""
    return HttpResponse("live\n", content_type="text/plain")


@outside_block("a monitor is nobody, and reads no row")
@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served; 503 while the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, PoolTimeout):
        return HttpResponse("no database\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")


@outside_block("a monitor is nobody, and is told a number where it shows its token")
@login_not_required
@require_safe
@never_cache
def parked(request: HttpRequest) -> HttpResponse:
    """How many messages were given up and wait for ``kring parked``: a monitor warns above none.

    404 without the token of the settings.
    """
    shown = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.MONITOR_TOKEN}"
    if not settings.MONITOR_TOKEN or not constant_time_compare(shown, wanted):
        return HttpResponse("nothing here\n", content_type="text/plain", status=404)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kring_parked_count()")
        (count,) = cursor.fetchone() or (0,)
    return HttpResponse(f"{count}\n", content_type="text/plain")
