from kring.base.jobs import job
from kring.events.handlers import handlers
from kring.events.models import Event


@job(queue="events")
def dispatch(event_id: str) -> None:
    """Tell every subscriber. May run twice, so handlers must not mind."""
    _tell(event_id)


@job(queue="urgent")
def dispatch_first(event_id: str) -> None:
    """The same, before everything else."""
    _tell(event_id)


def _tell(event_id: str) -> None:
    event = Event.objects.get(pk=event_id)
    for handle in handlers[event.verb]:
        handle(event)
