"""How large a file is, as people say it."""

from django.utils.formats import number_format

STEP = 1024
UNITS = ("kB", "MB", "GB", "TB")
WHOLE_FROM = 10  # from here on without a fraction


def said_size(size: int) -> str:
    """Bytes as '240 kB' or '3,2 GB', in the language of the page; never less than 1 kB."""
    value, unit = max(size, STEP) / STEP, 0
    while round(value) >= STEP and unit < len(UNITS) - 1:
        value, unit = value / STEP, unit + 1
    shown = round(value, 1 if unit and value < WHOLE_FROM else 0)
    return f"{number_format(shown, 0 if shown.is_integer() else 1)}\N{NO-BREAK SPACE}{UNITS[unit]}"
