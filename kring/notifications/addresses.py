"""Where each channel finds people, told to the database: ``kring_ways`` decides over all of them.

A channel says in SQL where its addresses are; as with the rules of visibility, the last step of
every ``kring migrate`` writes down what the code says, so a new channel needs no migration.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from kring.notifications.channels import Way, in_order

# An address that is found twice is one: a person is told once over a channel that knows no devices.
OF_WAY = """
SELECT '{channel}'::text, place.person, {device}, bool_or(place.works), {usual},
    '{{{unfit}}}'::text[]
FROM ({addresses}) AS place (person, device, works)
GROUP BY 2, 3
"""
# With a setting of its own it is planned by itself, and not as part of what asks: in there it would
# be taken for ten people, and a thousand be looked up one by one.
FUNCTION = """
CREATE OR REPLACE FUNCTION kring_addresses(people uuid[])
RETURNS TABLE (channel text, person_id uuid, subscription_id uuid, works boolean, usual boolean,
    unfit text[])
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $addresses${body}$addresses$;
REVOKE ALL ON FUNCTION kring_addresses(uuid[]) FROM PUBLIC
"""


def open_ways() -> None:
    """Give the database the addresses of every channel that the code has; as the owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(written(in_order()))


def written(ways: Iterable[type[Way]]) -> str:
    """The function that finds people over these channels, as a statement."""
    body = "UNION ALL".join(_of_way(one) for one in ways)
    return FUNCTION.format(body=body)


def _of_way(one: type[Way]) -> str:
    return OF_WAY.format(
        channel=one.channel,
        device="place.device" if one.per_device else "NULL::uuid",
        usual="true" if one.usual else "false",
        unfit=",".join(sorted(one.unfit)),
        addresses=one.addresses,
    )
