"""De Kring as a whole: made once, and kept fresh."""

from kring.demo.cast import identity
from kring.demo.kindcentrum import calendar, important, posts, told
from kring.demo.kindcentrum.families import families
from kring.demo.kindcentrum.population import SCHOOL, populate
from kring.schools.models import School


def build() -> None:
    """Make it, or bring its days up to date where it stands already."""
    if School.objects.filter(pk=identity(SCHOOL)).exists():
        posts.freshen()
        told.freshen()
        calendar.build()
        return
    made = families()
    populate(made)
    posts.write(made)
    important.build(made)
    told.build()
    calendar.build()
