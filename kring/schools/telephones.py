"""Telephone numbers: kept as E.164, read as people dial them here."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

HOME = "NL"


def readable(number: str) -> str:
    """As people write it: '06 12345678', and of abroad with its country; else as it stands."""
    try:
        parsed = phonenumbers.parse(number, HOME)
    except NumberParseException:
        return number
    at_home = parsed.country_code == phonenumbers.country_code_for_region(HOME)
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def kept(typed: str) -> str:
    """As the tables keep it, Dutch unless it says otherwise; empty for what is no number."""
    try:
        parsed = phonenumbers.parse(typed, HOME)
    except NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
