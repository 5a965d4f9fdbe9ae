from django.urls import path

from kring.office.views import (
    colleague,
    groups,
    hours,
    load,
    reach,
    school,
    second_factor,
    staff,
    start,
    trail,
)

STAFF, PERSON = "<uuid:school_id>/staff/", "<uuid:school_id>/staff/<uuid:person_id>/"
GROUPS = "<uuid:school_id>/groups/"

urlpatterns = [
    path("", start.choose, name="choose"),
    path("<uuid:school_id>/", start.start, name="start"),
    path(STAFF, staff.staff, name="staff"),
    path(f"{STAFF}export/", staff.export, name="staff_export"),
    path(f"{STAFF}new/", staff.new_colleague, name="new_colleague"),
    path(f"{STAFF}proposals/", staff.proposals, name="proposals"),
    path(PERSON, colleague.colleague, name="colleague"),
    path(f"{PERSON}name/", colleague.colleague_name, name="colleague_name"),
    path(f"{PERSON}groups/new/", colleague.new_assignment, name="new_assignment"),
    path(f"{PERSON}groups/<uuid:assignment_id>/", colleague.assignment, name="assignment"),
    path(
        f"{PERSON}groups/<uuid:assignment_id>/end/",
        colleague.assignment_end,
        name="assignment_end",
    ),
    path(f"{PERSON}hours/", hours.colleague_hours, name="colleague_hours"),
    path(f"{PERSON}invitation/", colleague.invitation, name="staff_invitation"),
    path(f"{PERSON}leaving/", colleague.leaving, name="staff_leaving"),
    path(f"{PERSON}second-factor/", second_factor.second_factor, name="staff_second_factor"),
    path(GROUPS, groups.groups, name="groups"),
    path(f"{GROUPS}years/", groups.years, name="years"),
    path(f"{GROUPS}years/<uuid:year_id>/new/", groups.new_group, name="new_group"),
    path(f"{GROUPS}<uuid:group_id>/", groups.group, name="group"),
    path(f"{GROUPS}<uuid:group_id>/removal/", groups.group_removal, name="group_removal"),
    path("<uuid:school_id>/reach/", reach.reach, name="reach"),
    path("<uuid:school_id>/reach/letters/", reach.letters, name="reach_letters"),
    path(
        "<uuid:school_id>/reach/<uuid:person_id>/clearing/",
        reach.clearing,
        name="bounce_clearing",
    ),
    path("<uuid:school_id>/trail/", trail.trail, name="trail"),
    path("<uuid:school_id>/trail/file/", trail.trail_file, name="trail_file"),
    path("<uuid:school_id>/school/", school.school, name="school"),
    path("<uuid:school_id>/school/load/", load.load, name="load"),
    path("<uuid:school_id>/school/policy/", school.policy, name="policy"),
    path("<uuid:school_id>/school/policy/history/", school.policy_history, name="policy_history"),
]
