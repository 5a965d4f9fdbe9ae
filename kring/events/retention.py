from datetime import timedelta

from kring.base.registry import retention
from kring.events.models import AuditEntry, Event

retention(
    Event,
    because="the bus carries, it does not remember",
    keep=timedelta(days=30),
    since="due_at",  # a message may be planned a year ahead
)
retention(
    AuditEntry,
    because="accountability, art. 5(2) AVG: as long as a complaint may come",
    keep=timedelta(days=2 * 365),
)
