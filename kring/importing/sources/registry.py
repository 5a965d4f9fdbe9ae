"""The sources that Kring can read. One more is one more line here."""

from kring.importing.sources import Source
from kring.importing.sources.aftercare import Aftercare
from kring.importing.sources.carers import Carers
from kring.importing.sources.edexml import Edexml

_ALL: tuple[Source, ...] = (Edexml(), Carers(), Aftercare())
SOURCES: dict[str, Source] = {one.name: one for one in _ALL}
