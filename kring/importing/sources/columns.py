"""What the columns of a list hold: a guess by their headers, then by what is in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.utils.functional import Promise
from rapidfuzz import fuzz, process

from kring.importing.sources import Column, values
from kring.importing.sources.tables import Row
from kring.importing.wording import FIELDS, OF_A_CARER

HEAD_ROWS = 30  # in which the header is looked for
SAMPLES = 3
ENOUGH = 0.8  # of the cells of a column
MOST_ALIKE = 86  # of 100
FEWEST_FOR_A_GUESS = 3

# What headers say, without spaces and signs. The first word of a line is the field.
CHILD = """
key leerlingnummer leerlingnr llnr leerlingid leerlingkey stamnummer administratienummer sleutel
key kindnummer kindnr kindid nummer nr id studentid
first_name roepnaam voornaam firstname givenname
infix tussenvoegsel tussenvoegsels voorvoegsel voorvoegsels tussenv tv middlename
last_name achternaam familienaam geslachtsnaam lastname surname familyname
born_on geboortedatum gebdatum gebdat geboren dateofbirth birthdate birthday
group groep groepsnaam groepnaam klas klasnaam klassenaam stamgroep basisgroep opvanggroep group
grade leerjaar jaargroep jaarlaag
"""
CARER = """
first_name voornaam roepnaam firstname
infix tussenvoegsel tussenvoegsels voorvoegsel voorvoegsels tv
last_name achternaam familienaam lastname
relation relatie relatietotkind relatietotleerling soortrelatie relation
email email emailadres emailadressen mail mailadres emailaddress
telephone telefoon telefoonnummer telefoonnr tel telnr mobiel mobielnummer mobielnr mobieletelefoon
telephone mobieltelefoonnummer gsm phone mobile
has_authority gezag ouderlijkgezag heeftgezag gezaghebbend gezagdrager
is_informed informatieontvangen ontvangtinformatie informatie informatierecht rechtopinformatie
household huishouden huishoudnummer huishoudenid gezin gezinsnummer gezinsid gezinnr
"""
CARE = """
monday ma maandag monday
tuesday di dinsdag tuesday
wednesday wo woensdag wednesday
thursday do donderdag thursday
friday vr vrijdag friday
weekdays dagen opvangdagen weekdagen
starts_on begindatum startdatum ingangsdatum vanaf begin ingang eersteopvangdag
ends_on einddatum tot totenmet tm eind laatsteopvangdag
"""
DROPPED = """
bsn bsn burgerservicenummer sofinummer onderwijsnummer pgn persoonsgebondennummer
ethnicity etniciteit
weight gewicht leerlinggewicht gewichtnieuw
countries land geboorteland nationaliteit landvader landmoeder landvanherkomst
postcode postcode adres straat straatnaam huisnummer woonplaats plaats straatenhuisnummer
photo foto fotourl
sex geslacht mv jongenmeisje gender
username gebruikersnaam
medical medisch allergie allergieen medicatie huisarts bijzonderheden dieet
bank iban rekeningnummer bankrekening
religion religie geloof gezindte kerk
"""
CARER_SIGNS = {"ouder", "ouders", "verzorger", "verzorgers", "vader", "moeder", "voogd", "carer"}
CARER_SIGNS |= {"contactpersoon", "contact", "parent", "guardian", "mother", "father"}
FATHER = {"vader", "father"}  # the second one where headers say mother and father
CHILD_SIGNS = {"leerling", "kind", "lln", "pupil", "child", "student"}
PARENTS = ("carer_1_", "carer_2_")


def _synonyms(table: str) -> dict[str, str]:
    rows = (line.split() for line in table.split("\n") if line)
    return {word: field for field, *words in rows for word in words}


CHILD_WORDS, CARER_WORDS, CARE_WORDS = _synonyms(CHILD), _synonyms(CARER), _synonyms(CARE)
DROPPED_WORDS = _synonyms(DROPPED)


def labels(names: Iterable[str]) -> dict[str, str | Promise]:
    """Fields of a child and of its carers, by the names that people know them by."""
    of_carers = [f"{prefix}{name}" for prefix in PARENTS for name in OF_A_CARER]
    return {name: FIELDS[name] for name in (*names, *of_carers)}


def meaning(header: str) -> tuple[str, int]:
    """What a header says, and of which carer: ``("email", 2)``; 0 is the child."""
    words = re.findall(r"[a-z]+|\d+", _plain(header))
    numbers = [int(word) for word in words if word.isdigit()]
    plain = [word for word in words if not word.isdigit()]
    of_carer = any(word in CARER_SIGNS for word in plain)
    word = "".join(one for one in plain if one not in CARER_SIGNS | CHILD_SIGNS)
    number = numbers[0] if numbers else 1 + any(one in FATHER for one in plain)
    if not word or len(numbers) > 1 or number not in {1, 2}:
        return "", 0
    if not of_carer and (found := _alike(word, CHILD_WORDS | CARE_WORDS | DROPPED_WORDS)):
        return found, 0
    found = _alike(word, CARER_WORDS)
    return found, number if found else 0


def header_row(rows: Sequence[Row], fields: Mapping[str, object]) -> int | None:
    """Which of the first rows names the columns: the one that says most of what we look for."""
    scores = [sum(_is_known(cell, fields) for cell in row.cells) for row in rows[:HEAD_ROWS]]
    best = max(scores, default=0)
    found = scores.index(best) if best else None
    # One known word may be chance; not where the row has only words.
    only_words = found is not None and not re.search(r"[\d@]", "".join(rows[found].cells))
    return found if best > 1 or only_words else None


def guess(
    headers: Sequence[str], rows: Sequence[Row], fields: Mapping[str, object]
) -> tuple[list[Column], dict[int, str]]:
    """The columns with what they are taken for, and those that hold what we never keep."""
    width = max([len(headers), *(len(row.cells) for row in rows)], default=0)
    taken: dict[str, int] = {}
    dropped: dict[int, str] = {}
    found: list[Column] = []
    for number in range(1, width + 1):
        header = headers[number - 1].strip() if number <= len(headers) else ""
        cells = [row.cells[number - 1].strip() for row in rows if number <= len(row.cells)]
        cells = [cell for cell in cells if cell]
        kind = _never_kept(header, cells)
        if kind:
            dropped[number] = kind
        name = "" if kind else _taken_for(header, cells, fields, taken)
        if name:
            taken[name] = number
        samples = () if kind else tuple(dict.fromkeys(cell[:40] for cell in cells))[:SAMPLES]
        found.append(Column(number=number, header=header, taken_for=name, samples=samples))
    return found, dropped


def _taken_for(
    header: str, cells: list[str], fields: Mapping[str, object], taken: dict[str, int]
) -> str:
    name, number = meaning(header)
    if not name:
        name = _by_content(cells)
        number = 0 if name == "born_on" else 1
    if not number:
        return name if name in fields and name not in taken else ""
    # A second address without a number of its own is of the second parent.
    choices = [f"carer_{number}_{name}", f"carer_2_{name}"]
    if name != "email":
        choices.pop()
    return next((one for one in choices if one in fields and one not in taken), "")


def _by_content(cells: list[str]) -> str:
    if len(cells) < FEWEST_FOR_A_GUESS:
        return ""
    kinds: dict[str, Callable[[str], object]] = {
        "email": values.emails,
        "born_on": _written_day,
        "telephone": _written_telephone,
    }
    return next((name for name, make in kinds.items() if _most(cells, make)), "")


def _most(cells: list[str], make: Callable[[str], object]) -> bool:
    return sum(_is_made(cell, make) for cell in cells) >= ENOUGH * len(cells)


def _is_made(cell: str, make: Callable[[str], object]) -> bool:
    try:
        return bool(make(cell))
    except values.Unusable:
        return False


def _written_day(cell: str) -> date | None:
    """Not any number: a column of keys is none of days, as a spreadsheet counts them."""
    return None if cell.isdigit() else values.birth_date(values.any_day(cell))


def _written_telephone(cell: str) -> str:
    """Not any number: a column of keys is none of telephones."""
    return values.telephone(cell) if re.match(r"\+|00|0\d|\(0", cell) else ""


def _never_kept(header: str, cells: list[str]) -> str:
    """The kind of datum that this column holds and that we do not keep."""
    name, _ = meaning(header)
    if name in set(DROPPED_WORDS.values()):
        return name
    many = len(cells) >= FEWEST_FOR_A_GUESS
    return "bsn" if many and _most(cells, values.is_bsn) else ""


def _is_known(cell: str, fields: Mapping[str, object]) -> bool:
    name, number = meaning(cell)
    field = f"carer_{number}_{name}" if number else name
    return bool(name) and (field in fields or name in set(DROPPED_WORDS.values()))


def _alike(word: str, synonyms: Mapping[str, str]) -> str:
    if word in synonyms:
        return synonyms[word]
    if len(word) < 5:  # noqa: PLR2004 - short words are alike by chance
        return ""
    found = process.extractOne(word, synonyms.keys(), scorer=fuzz.ratio, score_cutoff=MOST_ALIKE)
    return synonyms[found[0]] if found else ""


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text[:80].casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
