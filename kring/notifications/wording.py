"""What Kring will send a person, in sentences: worked out from what she chose, as it is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.notifications.channels import fit_for, in_order
from kring.notifications.channels import ways as known
from kring.notifications.kinds import BROADCAST, Kind
from kring.notifications.models import Wishes
from kring.notifications.wishing import Chosen

DAILY_AT = time(18)  # as ``digest.DAILY_HOUR``; a test compares them

ABOUT: dict[Kind, Promise] = {
    Kind.SCHOOL: gettext_lazy(
        "What the principal or the office writes to all families, and the school's own newsletter."
        " Mostly once or twice a week."
    ),
    Kind.GROUP: gettext_lazy(
        "What teachers write to the group of your child, or to you. Mostly a few times a week."
    ),
    Kind.COMMENTS: gettext_lazy(
        "Comments on your own messages. Once per message, until you have looked."
    ),
    Kind.CONVERSATIONS: gettext_lazy("Conversations that you take part in."),
    Kind.ABSENCE: gettext_lazy("What concerns the absence of your child."),
    Kind.PLANNING: gettext_lazy("New dates in the agenda, and dates that change. Now and then."),
    Kind.DIGEST: gettext_lazy(
        "What came in and what is ahead, together. Once a week; or once a day, if you chose that."
    ),
    Kind.SILENCE: gettext_lazy(
        "When your group got fewer messages in a week than school agreed on. Only at a school that"
        " asks so, on Friday at most."
    ),
    Kind.OWN: gettext_lazy("Whether a message that you wrote came out well."),
}
ABOUT_OF_STAFF: dict[Kind, Promise] = ABOUT | {
    Kind.SCHOOL: gettext_lazy(
        "What goes to the whole school, or to the team, and the school's own newsletter. Mostly"
        " once or twice a week."
    ),
    Kind.GROUP: gettext_lazy("What colleagues write to your groups. Mostly a few times a week."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What else decides over what comes: not a choice, but how things are."""

    kinds: Sequence[Kind]  # that there is a switch for
    works: Mapping[str, bool]  # the channels that lead to this person, and whether each works
    keeps_hours: bool = False  # of work
    newsletter: tuple[int, int] = (6, 8)  # weekday (1 is Monday) and hour of it
    newsletter_for_all: bool = True  # else it goes to who chose nothing but that

    def leads(self, channel: str) -> bool:
        """Whether anything can come over it."""
        return self.works.get(channel, False)


def sentences(chosen: Chosen, situation: Situation) -> list[str]:
    """Everything that Kring will send, and when; the same rules as ``kring_ways``."""
    return [
        *_without_ways(situation),
        *_at_once(chosen, situation),
        *_held_back(chosen, situation),
        *_newsletters(chosen, situation),
        *_not_now(chosen, situation),
        _always(situation),
    ]


def _without_ways(situation: Situation) -> Iterator[str]:
    for way in in_order():
        if not situation.leads(way.channel):
            yield str(way.broken if way.broken and way.channel in situation.works else way.lack)


def ways(kind: Kind, chosen: Chosen, situation: Situation) -> tuple[str, ...]:
    """The channels over which a message of this kind comes by itself, as soon as it is there."""
    leading = (one.channel for one in fit_for(kind) if situation.leads(one.channel))
    return tuple(one for one in leading if chosen.goes(kind, one))


def _at_once(chosen: Chosen, situation: Situation) -> Iterator[str]:
    told = [kind for kind in situation.kinds if kind != Kind.DIGEST]
    if chosen.rhythm != Wishes.Rhythm.AT_ONCE:
        told = [kind for kind in told if kind not in BROADCAST]
    over: defaultdict[tuple[str, ...], list[Kind]] = defaultdict(list)
    for kind in told:
        over[ways(kind, chosen, situation)].append(kind)
    for channels in sorted(over, key=lambda some: (-len(some), [known[one].place for one in some])):
        words = {"over": _over(channels), "what": _listed(over[channels])}
        if channels:
            yield _("At once, %(over)s: %(what)s.") % words
        else:
            yield _("Only here in Kring, under the bell: %(what)s.") % words


def _held_back(chosen: Chosen, situation: Situation) -> Iterator[str]:
    held = [kind for kind in situation.kinds if kind in BROADCAST]
    if chosen.rhythm == Wishes.Rhythm.AT_ONCE or not held:
        return
    over = _digest_ways(chosen, situation)
    told = {"what": _listed(held), "at": _hour(DAILY_AT), "over": over}
    if not over:
        yield _("Nothing by itself: %(what)s. You look in Kring when you like.") % told
    elif chosen.rhythm == Wishes.Rhythm.DAILY:
        yield (
            _("The daily overview, at %(at)s, %(over)s: %(what)s. Nothing new is no message.")
            % told
        )
    else:
        yield _("With the weekly newsletter, %(over)s: %(what)s.") % told


def _digest_ways(chosen: Chosen, situation: Situation) -> str:
    """As words, "by mail"; none where no digest comes."""
    if Kind.DIGEST not in situation.kinds:
        return ""
    return _over(ways(Kind.DIGEST, chosen, situation))


def _newsletters(chosen: Chosen, situation: Situation) -> Iterator[str]:
    over = _digest_ways(chosen, situation)
    if Kind.DIGEST not in situation.kinds:
        return
    if not over:
        yield _("No weekly newsletter. You look in Kring when you like.")
        return
    if situation.newsletter_for_all or chosen.rhythm == Wishes.Rhythm.WEEKLY:
        weekday, hour = situation.newsletter
        told = {"day": WEEKDAYS[weekday - 1], "at": _hour(time(hour)), "over": over}
        yield _("Every %(day)s at %(at)s the weekly newsletter, %(over)s.") % told


def _not_now(chosen: Chosen, situation: Situation) -> Iterator[str]:
    if chosen.quiet:
        told = {"from": _hour(chosen.quiet[0]), "until": _hour(chosen.quiet[1])}
        yield (
            _(
                "Between %(from)s and %(until)s nothing comes. What comes in then, you get"
                " at %(until)s."
            )
            % told
        )
    if situation.keeps_hours and Kind.COMMENTS in situation.kinds:
        yield _("Comments wait until your working hours.")


def _always(situation: Situation) -> str:
    if not any(situation.works.values()):
        return _("An urgent message stands on top in Kring. The school calls who did not read it.")
    return _("An urgent message always comes at once, also at night and whatever you chose.")


def _over(channels: Sequence[str]) -> str:
    """As words: "by mail and by push message"."""
    return get_text_list([str(known[one].by) for one in channels], _("and"))


def _listed(kinds: Sequence[Kind]) -> str:
    return get_text_list([_lower(str(kind.label)) for kind in kinds], _("and"))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _hour(moment: time) -> str:
    """As clocks at school say it: 18.00, 7.30."""
    return f"{moment.hour}.{moment.minute:02}"
