"""Who gets in: every address, every method, every kind of thing.

A row names who gets in, and with what status; everybody else of the cast gets the same 404 as for
a thing that does not exist, and who is not signed in is sent to sign in. Written by hand from the
rights table. ``test_matrix`` tries all of it, and fails for a view without a row.
"""

from __future__ import annotations

from tests.circles import (
    BSO,
    ELSEWHERE,
    FAMILIES,
    GROUP_5,
    LEADERS,
    NOBODY,
    OFFICE,
    SIGNED_IN,
    STAFF,
    TAKE_PART,
    TEACHERS,
    Circle,
)
from tests.permissions import (
    of_accounts,
    of_agreements,
    of_app,
    of_calendar,
    of_composer,
    of_home,
    of_importing,
    of_inviting,
    of_joining,
    of_newsletters,
    of_notifications,
    of_office_children,
    of_office_school,
    of_push,
    of_reach,
    of_tablets,
    of_urgent,
)
from tests.permissions.rows import (
    ALL_STAFF,
    ANYBODY,
    FOUND,
    NO_CONTENT,
    NOT_FOUND,
    SEE_OTHER,
    UNPROCESSABLE,
    Row,
    open_to_all,
    rows,
)

SEE: dict[str, Circle] = {
    "post to group 5": GROUP_5,
    "post to group 2": LEADERS | {"mother", "aide"},
    "post to group 6": LEADERS | {"teacher_next_door"},
    "post to groups 5 and 6": GROUP_5 | {"teacher_next_door"},
    "post to the school": FAMILIES | STAFF,
    "post to the staff": STAFF,
    "post to Sam's family": TEACHERS | LEADERS | {"mother", "co_parent"},
    "post to Lina's and Milan's families": TEACHERS | LEADERS | {"informed_father"},
    "post to the family of who comes later": LEADERS,
    "post to a group of the BSO": BSO,
    "post to the BSO": BSO,
    "post to the staff of the BSO": frozenset({"aftercare"}),
    "post to a group elsewhere": ELSEWHERE,
    "post to a school elsewhere": ELSEWHERE,
    "post that is not out yet": frozenset({"teacher"}),
    "withdrawn post": NOBODY,
    "post that does not exist": NOBODY,
}
CHANGE: dict[str, Circle] = {
    "post to group 5": OFFICE | {"teacher"},
    "post to groups 5 and 6": OFFICE,
    "post to the school": OFFICE,
    "post to a group of the BSO": frozenset({"aftercare"}),
    "post to a group elsewhere": frozenset({"principal_elsewhere"}),
    "post that is not out yet": frozenset({"teacher"}),
    "post by a substitute of yesterday": OFFICE,
    "withdrawn post": NOBODY,
    "post that does not exist": NOBODY,
}
TAKE_PART_IN: dict[str, Circle] = {
    "post to group 5": TAKE_PART,
    "post to group 6": OFFICE | {"teacher_next_door"},
    "post to the school": STAFF | FAMILIES - {"informed_father"},
    "post to the staff": STAFF,
    "post to Sam's family": TEACHERS | OFFICE | {"mother", "co_parent"},
    "post to a group of the BSO": BSO,
    "post to a group elsewhere": ELSEWHERE,
    "post that is not out yet": NOBODY,
    "withdrawn post": NOBODY,
    "post that does not exist": NOBODY,
}
TEND: dict[str, Circle] = {
    "post to group 5": TEACHERS | LEADERS,
    "post to group 6": LEADERS | {"teacher_next_door"},
    "post to the school": STAFF,
    "post to the staff": STAFF,
    "post to a group of the BSO": frozenset({"aftercare"}),
    "post to a group elsewhere": frozenset({"principal_elsewhere"}),
    "post that is not out yet": frozenset({"teacher"}),
    "withdrawn post": NOBODY,
}
KNOW_ALL_FAMILIES: dict[str, Circle] = {
    "post to group 5": TEACHERS | LEADERS,
    "post to groups 5 and 6": LEADERS,
    "post to the school": LEADERS,
    "post to the staff": NOBODY,
    "post to Sam's family": TEACHERS | LEADERS,
    "post to a group of the BSO": frozenset({"aftercare"}),
    "post to a group elsewhere": frozenset({"principal_elsewhere"}),
    "withdrawn post": NOBODY,
}
WRITE: dict[str, Circle] = {
    "to group 5": TEACHERS | OFFICE,
    "to group 6": OFFICE | {"teacher_next_door"},
    "to the school": OFFICE,
    "to the staff": STAFF,
    "to Sam's family": TEACHERS | OFFICE,
    "to the BSO": frozenset({"aftercare"}),
    "to a group elsewhere": frozenset({"principal_elsewhere"}),
}

FEED = [
    Row("feed:feed", "GET", "", SIGNED_IN),
    Row("feed:compose", "GET", "", ALL_STAFF),
    *(
        Row("feed:compose", "POST", thing, who, SEE_OTHER, refused=ALL_STAFF - who)
        for thing, who in WRITE.items()
    ),
    Row("feed:reach", "GET", "", ALL_STAFF),
    Row("feed:readings", "POST", "post to group 5", SIGNED_IN, NO_CONTENT),  # others' are ignored
    *rows("feed:post", "GET", SEE),
    *rows("feed:edit", "GET", CHANGE),
    *rows("feed:edit", "POST", CHANGE, SEE_OTHER),
    *rows(
        "feed:withdrawal", "POST", {**CHANGE, "withdrawn post": frozenset({"teacher"})}, SEE_OTHER
    ),
    *rows("feed:history", "GET", TEND),
    *rows("feed:families", "GET", KNOW_ALL_FAMILIES),
    *rows("feed:ladder", "GET", KNOW_ALL_FAMILIES),
    *(
        # Every family of the BSO read it: nothing to print, and back to the table.
        Row("feed:slips", "POST", thing, who, SEE_OTHER if who == {"aftercare"} else 200)
        for thing, who in KNOW_ALL_FAMILIES.items()
    ),
    *rows("feed:likes", "POST", TAKE_PART_IN, SEE_OTHER),
    *rows("feed:comments", "POST", {**TAKE_PART_IN, "post without comments": NOBODY}, SEE_OTHER),
    *rows(
        "feed:hiding",
        "POST",
        {
            "comment under post to group 5": TEACHERS | LEADERS,
            "hidden comment under post to group 5": TEACHERS | LEADERS,
            "comment under post to a group of the BSO": frozenset({"aftercare"}),
            "comment under withdrawn post": NOBODY,
            "comment under another post": NOBODY,
        },
        SEE_OTHER,
    ),
    *rows(
        "feed:removal",
        "POST",
        {
            "comment under post to group 5": frozenset({"co_parent"}),
            "hidden comment under post to group 5": NOBODY,  # what staff hid stays to be judged
            "comment under post to a group of the BSO": NOBODY,  # whose writer left
            "comment under withdrawn post": NOBODY,
            "comment under another post": NOBODY,
        },
        SEE_OTHER,
    ),
]
MEDIA = [
    *rows(
        "media:upload",
        "POST",
        {
            "no file, to the school": STAFF,
            "no file, to the BSO": frozenset({"aftercare"}),
            "no file, to a school elsewhere": frozenset({"principal_elsewhere"}),
            "no file, to no school": NOBODY,
        },
        UNPROCESSABLE,
    ),
    Row("media:rendition", "GET", "address of one's own session", SIGNED_IN, anonymous=NOT_FOUND),
    Row("media:rendition", "GET", "address of somebody else", NOBODY, anonymous=NOT_FOUND),
    Row("media:rendition", "GET", "address of ten minutes ago", NOBODY, anonymous=NOT_FOUND),
    Row("media:saved", "GET", "address of one's own session", SIGNED_IN, anonymous=NOT_FOUND),
    Row("media:saved", "GET", "address of somebody else", NOBODY, anonymous=NOT_FOUND),
    Row("media:saved", "GET", "address of ten minutes ago", NOBODY, anonymous=NOT_FOUND),
    Row("media:states", "GET", "those of others are left out", SIGNED_IN),
    Row("media:removal", "POST", "loose photo of the teacher", frozenset({"teacher"}), NO_CONTENT),
]
MOTHER: Circle = frozenset({"mother"})
NOT_YET: Circle = frozenset({"anonymous"})
ACCOUNT = [
    Row("account_login", "GET", "", NOT_YET, others=FOUND),
    Row("account_login", "POST", "no address", NOT_YET, UNPROCESSABLE, others=FOUND),
    Row("account_confirm_login_code", "GET", "no code asked for", ANYBODY, FOUND),
    Row("account_confirm_login_code", "POST", "no code asked for", ANYBODY, FOUND),
    Row("mfa_login_webauthn", "GET", "", ANYBODY, FOUND),
    Row("mfa_login_webauthn", "POST", "no passkey", ANYBODY, FOUND),
    Row("account_reauthenticate", "GET", "", SIGNED_IN),
    Row("account_reauthenticate", "POST", "", SIGNED_IN, FOUND),
    Row("account_logout", "GET", "", SIGNED_IN),
    Row("account_logout", "POST", "", ANYBODY, FOUND),
    Row("mfa_list_webauthn", "GET", "", SIGNED_IN),
    Row("mfa_list_webauthn", "POST", "", SIGNED_IN),
    Row("mfa_add_webauthn", "GET", "", SIGNED_IN),
    Row("mfa_add_webauthn", "POST", "no passkey", SIGNED_IN, UNPROCESSABLE),
    Row("mfa_edit_webauthn", "GET", "passkey of the mother", MOTHER),
    Row("mfa_edit_webauthn", "POST", "passkey of the mother", MOTHER, FOUND),
    Row("mfa_remove_webauthn", "GET", "passkey of the mother", MOTHER),
    Row("mfa_remove_webauthn", "POST", "passkey of the mother", MOTHER, FOUND),
    Row("accounts:profile", "GET", "", SIGNED_IN),
    Row("accounts:profile", "POST", "", SIGNED_IN, FOUND),
    Row("accounts:language", "GET", "", ANYBODY, FOUND),
    Row("accounts:language", "POST", "", ANYBODY, FOUND),
    Row("accounts:devices", "GET", "", SIGNED_IN),
    Row("accounts:devices", "POST", "", SIGNED_IN),
    Row("accounts:sign_out_device", "POST", "device of the mother", MOTHER, FOUND),
    Row("accounts:sign_out_everywhere", "POST", "", SIGNED_IN, FOUND),
]
OTHER = [
    open_to_all("ops:live", "GET"),
    open_to_all("ops:ready", "GET"),
    open_to_all("ops:parked", "GET", status=404),  # without the token of a monitor
]
# Only in a demo; a real server does not know these addresses.
DEMO = [
    open_to_all("demo:people", "GET"),
    open_to_all("demo:sign_in", "GET", "link of the teacher", FOUND),
    Row("demo:sign_in", "GET", "link that Kring did not make", NOBODY, anonymous=NOT_FOUND),
    open_to_all("demo:mailbox", "GET"),
    open_to_all("demo:newsletter", "POST", status=SEE_OTHER),
    Row("demo:mail", "GET", "mail that does not exist", NOBODY, anonymous=NOT_FOUND),
    Row("demo:mail_html", "GET", "mail that does not exist", NOBODY, anonymous=NOT_FOUND),
]
# Each with its rows, what stands in their addresses, and what is sent along.
PARTS = (
    of_accounts,
    of_agreements,
    of_app,
    of_calendar,
    of_composer,
    of_home,
    of_importing,
    of_inviting,
    of_joining,
    of_notifications,
    of_newsletters,
    of_office_children,
    of_office_school,
    of_push,
    of_reach,
    of_tablets,
    of_urgent,
)
MATRIX = [*FEED, *MEDIA, *ACCOUNT, *OTHER, *DEMO, *(row for part in PARTS for row in part.ROWS)]


def expected(row: Row, key: str) -> int:
    """The status that somebody gets."""
    if key in row.who:
        return row.status
    if key in row.refused:
        return UNPROCESSABLE
    return row.anonymous if key == "anonymous" else row.others
