"""Telephone numbers as people dial them."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


def as_dialled(number: str) -> str:
    """A number of the table (E.164), as one reads it in the Netherlands; else as it stands."""
    try:
        parsed = phonenumbers.parse(number, "NL")
    except NumberParseException:
        return number
    here = phonenumbers.region_code_for_country_code(parsed.country_code or 0) == "NL"
    return phonenumbers.format_number(
        parsed, PhoneNumberFormat.NATIONAL if here else PhoneNumberFormat.INTERNATIONAL
    )
