"""What the constraints of the books refuse, said in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

REASONS = {
    "guardianship_once_at_a_time": _("This person has a tie with this child in that time already."),
    "guardianship_ends_after_start": _("The last day lies before the first."),
    "enrollment_once_at_a_time": _("The child is in this group in that time already."),
    "enrollment_ends_after_start": _("The last day lies before the first."),
}


@contextmanager
def refusing_in_words() -> Iterator[None]:
    """All or nothing; ValidationError with a sentence for what a constraint refuses."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refused_by = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if refused_by not in REASONS:
            raise
        raise ValidationError(REASONS[refused_by]) from error
