"""The lines of the trail in words: what was done, to which fields."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

VERBS: dict[str, Promise] = {
    "account.merged": _("merged two accounts"),
    "address.seen": _("opened a secret address"),
    "assignment.began": _("gave a group"),
    "assignment.changed": _("changed days or end of a group"),
    "assignment.claimed": _("came in with a group"),
    "assignment.ended": _("ended a group"),
    "assignment.merged": _("moved a group to another account"),
    "bounce.cleared": _("tried an e-mail address again"),
    "calendar.changed": _("changed something in the agenda"),
    "calendar.planned": _("put something in the agenda"),
    "calendar.withdrawn": _("took something out of the agenda"),
    "call.ended": _("called a family about a message"),
    "calls.opened": _("opened the call list"),
    "children.exported": _("took the list of children along"),
    "closed_day.kept": _("said when the school is closed"),
    "closed_day.removed": _("took out a closed day"),
    "comment.hidden": _("hid a comment"),
    "comment.shown": _("showed a comment again"),
    "comment.taken_away": _("took away a comment"),
    "employment.began": _("gave a role"),
    "employment.changed": _("changed a role"),
    "employment.claimed": _("came in as a colleague"),
    "employment.ended": _("ended a role"),
    "employment.merged": _("moved a role to another account"),
    "families.exported": _("took the list of families along"),
    "group.changed": _("changed a group"),
    "group.made": _("made a group"),
    "group.removed": _("removed a group"),
    "guardianship.added": _("added a parent or carer"),
    "guardianship.admitted": _("said yes to who came in by a code"),
    "guardianship.asked": _("came in by a code and asked for a yes"),
    "guardianship.began": _("added a parent or carer"),
    "guardianship.changed": _("changed a parent or carer"),
    "guardianship.claimed": _("came in as a parent or carer"),
    "guardianship.ended": _("ended a parent or carer"),
    "guardianship.merged": _("moved a parent or carer to another account"),
    "guardianship.not_mine": _("said: this is not my child"),
    "guardianship.renamed": _("corrected the name of a parent or carer"),
    "guardianship.reopened": _("opened a parent or carer again"),
    "guardianship.turned_away": _("said no to who came in by a code"),
    "household.added": _("added a household"),
    "household.changed": _("changed a household"),
    "import.answered": _("answered questions of an import"),
    "import.applied": _("carried out an import"),
    "import.begun": _("began an import"),
    "import.confirmed": _("said yes to an import"),
    "import.discarded": _("put away an import"),
    "import.undo_asked": _("asked to undo an import"),
    "import.undone": _("undid an import"),
    "invitation.accepted": _("accepted an invitation"),
    "invitation.refused": _("refused an invitation"),
    "invitation.revoked": _("took back an invitation"),
    "invitation.sent": _("sent an invitation"),
    "link_code.declined": _("said of a letter: this is not my child"),
    "link_code.made": _("made a letter with a code"),
    "link_code.revoked": _("took back a code"),
    "link_code.used": _("used a code"),
    "link_code.withheld": _("was turned away with a code"),
    "mourning.begun": _("let Kring send a family nothing by itself"),
    "mourning.ended": _("let Kring write to a family again"),
    "newsletter.arranged": _("put a newsletter in another order"),
    "newsletter.begun": _("began a newsletter"),
    "newsletter.described": _("changed the title of a newsletter"),
    "newsletter.discarded": _("threw away a newsletter"),
    "newsletter.gathered": _("put messages in a newsletter"),
    "newsletter.held_back": _("held back a newsletter"),
    "newsletter.stopped": _("had scheduled a newsletter that did not go"),
    "newsletter.sent": _("sent a newsletter"),
    "newsletter.withdrawn": _("withdrew a newsletter"),
    "newsletter.written": _("wrote in a newsletter"),
    "person.factors_forgotten": _("took away the second step of a colleague"),
    "person.renamed": _("corrected a name"),
    "policy.adopted": _("changed a rule of the school"),
    "post.edited": _("changed a message"),
    "post.stopped": _("planned a message that did not go"),
    "post.withdrawn": _("withdrew a message"),
    "same_child.said": _("said that two children are one child"),
    "school.described": _("changed the page of the school"),
    "school_year.opened": _("began a school year"),
    "slips.printed": _("printed slips for families"),
    "staff.exported": _("took the list of staff along"),
    "staff_proposal.accepted": _("gave a proposed colleague a place"),
    "staff_proposal.changed": _("changed a proposed colleague"),
    "staff_proposal.declined": _("declined a proposed colleague"),
    "staff_proposal.made": _("proposed a colleague"),
    "staff_proposal.withdrawn": _("took back a proposed colleague"),
    "student.added": _("added a child"),
    "student.changed": _("changed a child"),
    "student.left": _("let a child leave"),
    "student.placed": _("put a child in a group"),
    "trail.exported": _("took the trail along"),
    "working_hours.kept": _("changed working hours"),
}
FIELDS: dict[str, Promise] = {
    "about": _("text"),
    "access": _("kind of access"),
    "allows_comments": _("comments allowed"),
    "answers": _("answers"),
    "born_on": _("date of birth"),
    "brin": _("BRIN number"),
    "call_after_minutes": _("when the call list opens"),
    "call_at": _("when the call list opens"),
    "called": _("called"),
    "city": _("city"),
    "code": _("answer of the mail server"),
    "color": _("colour"),
    "comments_allowed": _("comments of families"),
    "eck_id": _("ECK iD"),
    "email": _("e-mail address"),
    "ends_at": _("end"),
    "ends_on": _("last day"),
    "families_save_photos": _("families save photos"),
    "first_name": _("first name"),
    "grade": _("grade"),
    "grades": _("grades"),
    "group": _("group"),
    "group_ids": _("groups"),
    "guardian": _("person"),
    "has_authority": _("authority"),
    "has_secret_address": _("secret address"),
    "household": _("household"),
    "infix": _("infix"),
    "informed_sees_photos": _("informed only: photos"),
    "informed_sees_posts": _("informed only: messages"),
    "intro": _("introduction"),
    "is_homeroom": _("class or group beside it"),
    "is_hard": _("for good, or for a while"),
    "items": _("messages in it"),
    "keeps_originals": _("photos at full size"),
    "kind": _("kind"),
    "last_name": _("last name"),
    "letter_language": _("language of letters"),
    "max_posts_a_day": _("most messages a day"),
    "min_posts_a_week": _("least messages a week"),
    "name": _("name"),
    "other_groups": _("other groups"),
    "outcome": _("reached or not"),
    "place": _("place"),
    "postcode": _("postal code"),
    "published_at": _("when it comes out"),
    "region": _("region"),
    "relation": _("relation"),
    "role": _("role"),
    "roles": _("roles"),
    "said": _("what was said"),
    "school_post_roles": _("who writes to the whole school"),
    "sharing_rule": _("rule on sharing"),
    "source_id": _("id of the source"),
    "starts_at": _("begin"),
    "starts_on": _("first day"),
    "state": _("how far it is"),
    "street": _("street"),
    "telephone": _("telephone"),
    "tells_staff": _("also for the staff"),
    "text": _("text"),
    "title": _("title"),
    "urgent_roles": _("who sends urgent messages"),
    "user": _("person"),
    "website": _("website"),
    "weekdays": _("days"),
    "weekly_hour": _("hour of the newsletter"),
    "weekly_newsletter": _("weekly newsletter"),
    "weekly_weekday": _("day of the newsletter"),
    "whole_day": _("whole day"),
}
_OF_NO_INTEREST = {"sort_key"}
_COUNT = "count "


def verb_in_words(verb: str) -> str:
    """What was done; a verb that nobody worded yet, readable all the same."""
    if verb in VERBS:
        return str(VERBS[verb])
    return verb.replace(".", ": ").replace("_", " ")


def fields_in_words(fields: Iterable[str]) -> str:
    """Which fields, each once."""
    words = (_in_words(one) for one in fields if one not in _OF_NO_INTEREST)
    return ", ".join(dict.fromkeys(words))


def counted(lines: int) -> str:
    """How many lines a file has that was taken along, as the trail keeps it beside fields."""
    return f"{_COUNT}{lines}"


def _in_words(field: str) -> str:
    number = field.removeprefix(_COUNT)
    if number != field and number.isdecimal():
        said = ngettext("%(count)d line", "%(count)d lines", int(number))
        return said % {"count": int(number)}
    return str(FIELDS.get(field, field.replace("_", " ")))
