from django.urls import path

from kring.office.views import (
    authority,
    child,
    children,
    families,
    guardianships,
    households,
    mourning,
)

_CHILD = "<uuid:school_id>/children/<uuid:student_id>/"
_TIE = f"{_CHILD}guardians/<uuid:tie_id>/"
_HOME = "<uuid:school_id>/families/<uuid:household_id>/"

urlpatterns = [
    path("<uuid:school_id>/children/", children.children, name="children"),
    path("<uuid:school_id>/children/export/", children.export, name="children_export"),
    path("<uuid:school_id>/children/new/", child.new, name="child_new"),
    path(_CHILD, child.child, name="child"),
    path(f"{_CHILD}facts/", child.facts, name="child_facts"),
    path(f"{_CHILD}placement/", child.placement, name="child_placement"),
    path(f"{_CHILD}leaving/", child.leaving, name="child_leaving"),
    path(f"{_CHILD}mourning/", mourning.of_child, name="mourning_of_child"),
    path(f"{_CHILD}mourning/ending/", mourning.child_ending, name="mourning_of_child_ending"),
    path(f"{_CHILD}guardians/new/", guardianships.new, name="guardianship_new"),
    path(_TIE, guardianships.guardianship, name="guardianship"),
    path(f"{_TIE}ending/", guardianships.ending, name="guardianship_ending"),
    path(f"{_TIE}reopening/", guardianships.reopening, name="guardianship_reopening"),
    path("<uuid:school_id>/families/", families.families, name="families"),
    path("<uuid:school_id>/families/export/", families.export, name="families_export"),
    path("<uuid:school_id>/families/mourning/", mourning.mournings, name="mournings"),
    path(_HOME, households.family, name="family"),
    path(f"{_HOME}address/", households.address, name="family_address"),
    path(f"{_HOME}mourning/", mourning.of_home, name="mourning_of_home"),
    path(f"{_HOME}mourning/ending/", mourning.home_ending, name="mourning_of_home_ending"),
    path(f"{_HOME}moving/", families.moving, name="family_moving"),
    path("<uuid:school_id>/families/authority/", authority.authority, name="authority"),
]
