from datetime import timedelta

from kring.base.registry import retention
from kring.schools import models

TWO_YEARS = timedelta(days=2 * 365)
SCHOOL = "as long as the school uses Kring"

for model in (models.SchoolBoard, models.School, models.SchoolYear, models.Group, models.ClosedDay):
    retention(model, because=SCHOOL)
retention(models.Policy, because="which rule held on which day: as long as the school uses Kring")
retention(models.Student, because="goes with the last enrolment")
retention(
    models.Enrollment,
    because="most data of pupils: two years after leaving",
    keep=TWO_YEARS,
    since="ends_on",
)
retention(models.SameChild, because="goes with the student")
retention(
    models.Guardianship,
    because="two years after it ended, as data of pupils",
    keep=TWO_YEARS,
    since="ends_at",
)
retention(models.Household, because="goes with the last guardianship of the home")
retention(
    models.StaffProposal,
    because="until settled; a year later nobody asks who was in which file",
    keep=timedelta(days=365),
)
for staff in (models.Employment, models.TeachingAssignment):
    retention(
        staff, because="two years after it ended, for questions", keep=TWO_YEARS, since="ends_on"
    )
retention(
    models.Mourning,
    because="two years after it ended, as data of pupils",
    keep=TWO_YEARS,
    since="ended_at",
)
retention(models.WorkingHours, because="goes with the person; each change replaces the last")
