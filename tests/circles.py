"""Circles of the cast, by name: written by hand from the rights table, not taken from the code."""

type Circle = frozenset[str]

NOBODY: Circle = frozenset()
INFORMED: Circle = frozenset({"informed_father"})
# Whose child is in group 5 today, and who care for it.
IN_CARE: Circle = frozenset({"mother", "co_parent", "teacher_parent", "english_mother"})
FAMILIES: Circle = IN_CARE | INFORMED
# Who teach group 5 today, whichever weekday it is.
TEACHERS: Circle = frozenset({"teacher", "duo_teacher", "aide", "substitute_today"})
OFFICE: Circle = frozenset({"principal", "administrator"})
LEADERS: Circle = OFFICE | {"counselor"}
STAFF: Circle = TEACHERS | LEADERS | {"teacher_next_door", "teacher_parent"}
# Everybody who has anything to do with the school now.
AROUND: Circle = FAMILIES | STAFF | {"grandmother", "guardian_next_month"}
BSO: Circle = frozenset({"mother", "aftercare"})
ELSEWHERE: Circle = frozenset({"guardian_elsewhere", "principal_elsewhere"})
# Who see a post to group 5; of those, who like it and comment.
GROUP_5: Circle = FAMILIES | TEACHERS | LEADERS
TAKE_PART: Circle = IN_CARE | TEACHERS | OFFICE
NEVER: Circle = frozenset({"withheld_father", "ex_guardian", "operator"})
SIGNED_IN: Circle = AROUND | BSO | ELSEWHERE | NEVER | {"substitute_yesterday"}
