from collections import defaultdict
from collections.abc import Callable

from kring.events.models import Event

type Handler = Callable[[Event], None]

handlers: defaultdict[str, list[Handler]] = defaultdict(list)


def on(verb: str) -> Callable[[Handler], Handler]:
    """Hear of every event with this verb. May be called twice for one event, so must not mind."""

    def hear(handler: Handler) -> Handler:
        handlers[verb].append(handler)
        return handler

    return hear
