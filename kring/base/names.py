"""Names of people the Dutch way: first name, voorvoegsel ("van der"), last name."""

import unicodedata

LONGEST = 200  # of a sort key; some letters become several

# Letters that Unicode does not take apart into a plain letter and an accent.
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def full_name(first_name: str, infix: str, last_name: str) -> str:
    """As people write it: ``Sanne van der Berg``."""
    return " ".join(part for part in (first_name, infix, last_name) if part)


def initials(first_name: str, last_name: str) -> str:
    """For an avatar: at most two letters, ``SB`` for Sanne van der Berg."""
    return "".join(_first_letter(part) for part in (first_name, last_name)).upper()


def sort_key(first_name: str, last_name: str) -> str:
    """To sort by, the same in every database: ``berg sanne``, without accents and voorvoegsel."""
    return f"{plain(last_name)} {plain(first_name)}".strip()[:LONGEST]


def _first_letter(text: str) -> str:
    return next((letter for letter in text if letter.isalnum()), "")


def plain(text: str) -> str:
    """Lower case, without accents and signs: what names are compared by."""
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(PLAIN)
    return " ".join("".join(c if c.isalnum() else " " for c in apart if not _is_accent(c)).split())


def _is_accent(character: str) -> bool:
    return bool(unicodedata.combining(character)) or character in "'’"
