from uuid import UUID

from django.db import models

from kring.base.ids import new_id


class SchoolModel(models.Model):
    """A row that belongs to one school."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    school_id: UUID

    class Meta:
        abstract = True
