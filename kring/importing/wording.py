"""What is wrong, doubtful or different, said in a sentence that an office can act on."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.importing.roster import Problem

# ── of a file ────────────────────────────────────────────────────────────────
FILE: dict[str, str | Promise] = {
    "empty": gettext_lazy("This file is empty."),
    "too_big": gettext_lazy("This file is too big: it must be smaller than %(value)s MB."),
    "too_many_rows": gettext_lazy("This file has too many rows: at most %(value)s fit."),
    "too_many_columns": gettext_lazy("This file has too many columns: at most %(value)s fit."),
    "too_complex": gettext_lazy("This file is put together in such a way that it cannot be read."),
    "one_file_only": gettext_lazy("Choose one file at a time for this."),
    "encoding": gettext_lazy(
        "The letters of this file cannot be read. Save it as UTF-8 and choose it again."
    ),
    "packed": gettext_lazy("This file is packed (zip). Unpack it first, and choose what is in it."),
    "html": gettext_lazy(
        "This is a web page, whatever its name says. Open it in your spreadsheet program and "
        "save it as .xlsx or CSV."
    ),
    "xml_is_no_list": gettext_lazy(
        "This is XML and no list. An export of the pupil administration goes in as EDEXML."
    ),
    "pdf": gettext_lazy("This is a PDF, from which no list can be read. Export a CSV or .xlsx."),
    "more_warnings": gettext_lazy("There are %(value)s more remarks like these."),
}
EDEXML: dict[str, str | Promise] = {
    "edex_before_xml": gettext_lazy(
        "This is an EDEX file of the old kind, with fixed positions. Export EDEXML 2.0 or 2.1."
    ),
    "no_xml": gettext_lazy("This is no EDEXML: an EDEXML file begins with <?xml."),
    "no_edexml": gettext_lazy(
        "This is XML, but no EDEXML: it begins with “%(value)s” and not with “EDEX”."
    ),
    "broken_xml": gettext_lazy(
        "The file is damaged here, or was not saved whole. Export it again and do not edit it."
    ),
    "document_type": gettext_lazy(
        "This file has a document type (DOCTYPE). EDEXML has none, and it is not safe to read."
    ),
    "no_school": gettext_lazy("The file does not say which school it is of."),
    "two_schools": gettext_lazy(
        "The file is of more than one school. Export one school at a time."
    ),
    "no_students": gettext_lazy("There are no pupils in this file."),
    "no_school_year": gettext_lazy(
        "“%(value)s” is no school year. A school year looks like 2026-2027."
    ),
    "no_brin_code": gettext_lazy(
        "“%(value)s” is no BRIN code. That has two digits and two letters."
    ),
    "no_location_code": gettext_lazy(
        "“%(value)s” is no number of a location: that has two digits."
    ),
    "no_brin": gettext_lazy(
        "The file has no BRIN code, so Kring cannot see whether it is of your school. "
        "Look well at the names."
    ),
    "other_version": gettext_lazy(
        "This is version %(value)s of EDEXML, which Kring does not know. "
        "See well whether everything was read."
    ),
    "unknown_element": gettext_lazy("Kring does not know “%(column)s” and has not read it."),
    "additions": gettext_lazy("%(value)s additions of other suppliers were not read."),
    "no_key": gettext_lazy(
        "“%(column)s” has no key here, so that Kring cannot know it by that the next time."
    ),
    "group_without_key": gettext_lazy("This group has no key, so that nobody can be in it."),
    "key_twice": gettext_lazy("The key “%(value)s” is in the file more than once."),
    "two_groups": gettext_lazy("A pupil can be in only one homeroom group; here there are two."),
    "unknown_group": gettext_lazy(
        "The group “%(value)s” is not in the file. Without its group, this pupil would be taken "
        "out of the class."
    ),
    "unknown_group_ignored": gettext_lazy("The group “%(value)s” is not in the file: left out."),
    "unknown_grade": gettext_lazy("“%(value)s” is no year group that Kring knows: left empty."),
    "no_grade": gettext_lazy("The year group is not known: left empty."),
    "unknown_role": gettext_lazy("Kring does not know the role “%(value)s”: left out."),
    "left_before_coming": gettext_lazy(
        "The day of leaving lies before the day of coming: only the day of leaving is kept."
    ),
}
WORKBOOK: dict[str, str | Promise] = {
    "old_workbook": gettext_lazy(
        "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a "
        "password, or as CSV."
    ),
    "no_workbook": gettext_lazy("This packed file is no workbook (.xlsx)."),
    "broken_workbook": gettext_lazy(
        "This workbook is damaged. Open it in your spreadsheet program and save it again."
    ),
    "unsafe_workbook": gettext_lazy(
        "There are parts in this workbook that do not belong there. It was not opened."
    ),
    "workbook_too_big": gettext_lazy(
        "Unpacked, this workbook is too big. Copy only the list to a new workbook."
    ),
    "formula": gettext_lazy(
        "In this cell stands a formula. Kring calculates none: put the value itself there."
    ),
    "cell_error": gettext_lazy("Your spreadsheet program shows the error %(value)s in this cell."),
    "other_sheets": gettext_lazy("Only the sheet “%(value)s” was read; the other ones were not."),
}
LIST: dict[str, str | Promise] = {
    "no_header": gettext_lazy(
        "Kring sees no row with the names of the columns. Add one, or choose what is in which "
        "column."
    ),
    "missing_column": gettext_lazy("No column was found for: %(column)s."),
    "no_such_field": gettext_lazy("A column cannot be taken for “%(value)s”."),
    "field_twice": gettext_lazy("More than one column is taken for: %(column)s."),
    "no_such_column": gettext_lazy("There is no column %(value)s in this file."),
    "column_not_kept": gettext_lazy(
        "“%(column)s” looks like a citizen service number (BSN) or something else that Kring "
        "does not keep. It cannot be chosen."
    ),
    "no_rows": gettext_lazy("There are no rows with children in this file."),
    "no_carers": gettext_lazy("No parent or carer could be read from this file."),
    "open_quote": gettext_lazy(
        "A quotation mark was opened here and not closed, so that rows run into each other."
    ),
    "no_birth_date": gettext_lazy("This child has no date of birth, so it may be hard to find."),
    "same_name_and_birthday": gettext_lazy(
        "There are two children with this name and date of birth. Look whether that is right."
    ),
    "key_of_two_children": gettext_lazy(
        "The key “%(value)s” is of another child in a row above this one."
    ),
    "two_groups_of_child": gettext_lazy(
        "This child has another group here than in a row above this one."
    ),
    "telephone_rounded": gettext_lazy(
        "Excel has rounded this telephone number (%(value)s), so that it is lost. Left out; make "
        "the column text and type it again."
    ),
    "no_telephone": gettext_lazy("“%(value)s” is no telephone number: left out."),
    "more_emails": gettext_lazy(
        "There is more than one e-mail address here. Only the first one is kept."
    ),
    "email_shared": gettext_lazy(
        "Two parents or carers have one e-mail address. Only one of them can sign in with it."
    ),
    "withheld": gettext_lazy(
        "This person has no authority and gets no information: Kring will show them nothing. "
        "Look whether that is right."
    ),
    "authority_without_information": gettext_lazy(
        "This person has authority but would get no information. Kring shows them nothing until "
        "you say otherwise."
    ),
    "no_yes_or_no": gettext_lazy("“%(value)s” is neither yes nor no: taken as not known."),
    "no_care_day": gettext_lazy(
        "“%(value)s” does not say whether the child comes on this day. Use x or leave it empty."
    ),
    "no_care_days": gettext_lazy(
        "This child has no days of care, so it counts as coming on every day."
    ),
    "ends_before_start": gettext_lazy("The last day lies before the first day."),
    "no_group": gettext_lazy("This child has no group."),
}
VALUE: dict[str, str | Promise] = {
    "no_name": gettext_lazy("The name is missing here."),
    "no_first_name": gettext_lazy("The first name is missing: only the last name is shown."),
    "no_date": gettext_lazy("“%(value)s” is no date."),
    "born_later": gettext_lazy("“%(value)s” is a date of birth that has yet to come."),
    "no_email": gettext_lazy("“%(value)s” is no e-mail address: left out."),
    "control_characters": gettext_lazy("There are characters here that cannot be shown."),
    "too_long": gettext_lazy("“%(value)s” is too long."),
}
SCHOOL: dict[str, str | Promise] = {
    "other_school": gettext_lazy(
        "This file is of another school: %(value)s. Look which file you chose."
    ),
    "other_kind": gettext_lazy(
        "This kind of file is not for %(value)s: EDEXML is of a school, and a list with days of "
        "care is of an after-school care."
    ),
    "older_year": gettext_lazy(
        "This file is of %(value)s, and a later school year has begun here already."
    ),
    "changed_meanwhile": gettext_lazy(
        "Something was changed here since you looked, so nothing was applied. Look again."
    ),
    "not_applied": gettext_lazy(
        "Something in this file does not fit, so nothing was applied. Try again, or ask for help."
    ),
    "not_undone": gettext_lazy(
        "%(value)s was worked with after the import, and stays as it is now."
    ),
    "rows_not_undone": gettext_lazy("%(value)s other changes were left as they are now."),
    "ties_not_undone": gettext_lazy(
        "%(value)s parents or carers were left as they are now: somebody came in with the card, or "
        "the office has changed or ended it since."
    ),
    "homes_not_undone": gettext_lazy(
        "%(value)s times nobody was put back into a home where somebody lives whose address is "
        "secret now."
    ),
    "secret_home": gettext_lazy(
        "%(value)s was not put into the home of this list: the address of somebody there is secret."
    ),
}
PROBLEMS = FILE | EDEXML | WORKBOOK | LIST | VALUE | SCHOOL

# ── of a comparison ──────────────────────────────────────────────────────────
REASONS: dict[str, str | Promise] = {
    "keys_disagree": gettext_lazy(
        "The key of this line is of one child and its ECK iD of another."
    ),
    "same_name": gettext_lazy("A child with this name and date of birth is here already."),
    "several": gettext_lazy("More than one child has this name and date of birth."),
    "not_found": gettext_lazy("This child is not here yet."),
    "other_child": gettext_lazy("The child with this key has another name or date of birth here."),
    "named_twice": gettext_lazy("Two lines of the file are this one child."),
    "tie_ended": gettext_lazy("The office ended the tie of this person with this child."),
    "stricter": gettext_lazy("The office lets this person see or decide less than the file says."),
    "same_address": gettext_lazy("Somebody with another name has this e-mail address here."),
    "joins_home": gettext_lazy(
        "The list puts this person into a home where others live: %(whom)s. Who lives there sees "
        "the address."
    ),
    "shielded": gettext_lazy(
        "The office shields a child from somebody, or ended a tie: %(whom)s. Look whether this is "
        "the same person before you add them."
    ),
    "not_in_file": gettext_lazy("Not in the file."),
}

# ── names of data ────────────────────────────────────────────────────────────
FIELDS: dict[str, str | Promise] = {
    "key": gettext_lazy("Key in the administration"),
    "source_id": gettext_lazy("Key in the administration"),
    "eck_id": gettext_lazy("ECK iD"),
    "name": gettext_lazy("Name"),
    "first_name": gettext_lazy("First name"),
    "infix": gettext_lazy("Infix"),
    "last_name": gettext_lazy("Last name"),
    "born_on": gettext_lazy("Date of birth"),
    "group": gettext_lazy("Group"),
    "grade": gettext_lazy("Year group"),
    "grades": gettext_lazy("Year groups"),
    "is_homeroom": gettext_lazy("Homeroom group"),
    "other_groups": gettext_lazy("Other groups"),
    "weekdays": gettext_lazy("Days of care"),
    "monday": gettext_lazy("Monday"),
    "tuesday": gettext_lazy("Tuesday"),
    "wednesday": gettext_lazy("Wednesday"),
    "thursday": gettext_lazy("Thursday"),
    "friday": gettext_lazy("Friday"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "email": gettext_lazy("E-mail address"),
    "telephone": gettext_lazy("Telephone"),
    "relation": gettext_lazy("Relation"),
    "has_authority": gettext_lazy("Authority"),
    "is_informed": gettext_lazy("Gets information"),
    "access": gettext_lazy("Access"),
    "household": gettext_lazy("Household"),
    "carers": gettext_lazy("Parents and carers"),
    "brin": gettext_lazy("BRIN code"),
    "roles": gettext_lazy("Roles"),
    "group_ids": gettext_lazy("Groups"),
    "groups": gettext_lazy("Groups"),
}
OF_A_CARER = (
    *("first_name", "infix", "last_name", "relation", "email", "telephone"),
    *("has_authority", "is_informed", "household"),
)
FIELDS |= {
    f"carer_{number}_{name}": format_lazy(
        "{} {}: {}", gettext_lazy("Parent or carer"), number, FIELDS[name]
    )
    for number in (1, 2)
    for name in OF_A_CARER
}
DROPPED: dict[str, str | Promise] = {
    "bsn": gettext_lazy("BSN or education number"),
    "ethnicity": gettext_lazy("Ethnicity"),
    "weight": gettext_lazy("Pupil weight"),
    "countries": gettext_lazy("Countries of birth"),
    "postcode": gettext_lazy("Postcode and address"),
    "photo": gettext_lazy("Address of a photo"),
    "sex": gettext_lazy("Sex"),
    "username": gettext_lazy("User name"),
    "pupil_email": gettext_lazy("E-mail address of a pupil"),
    "historical": gettext_lazy("Pupil who left in an earlier year"),
    "parent_as_staff": gettext_lazy("Parent among the staff"),
    "medical": gettext_lazy("Medical data"),
    "bank": gettext_lazy("Bank account"),
    "religion": gettext_lazy("Religion"),
}


def sentence(problem: Problem) -> str:
    """What is wrong; where it is, is said apart."""
    said = PROBLEMS.get(problem.code)
    if said is None:
        return _("Something is wrong here (%(code)s).") % {"code": problem.code}
    return str(said) % {"value": problem.value, "column": field(problem.column)}


def place(problem: Problem) -> str:
    """Where it is: ``edex.xml, line 12, geboortedatum``."""
    line = _("line %(line)d") % {"line": problem.line} if problem.line else ""
    return ", ".join(part for part in (problem.file, line, field(problem.column)) if part)


def full(problem: Problem) -> str:
    """Where and what, in one line."""
    where = place(problem)
    return f"{where}: {sentence(problem)}" if where else sentence(problem)


def reason(code: str, whom: str = "") -> str:
    """Why something is doubtful, or would go; ``whom`` it is about besides."""
    return str(REASONS.get(code, code)) % {"whom": whom}


def field(name: str) -> str:
    """A datum by the name that people know it by; also one that was not read."""
    return str(FIELDS.get(name) or DROPPED.get(name) or name)
