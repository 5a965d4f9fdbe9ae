from datetime import timedelta

from kring.base.registry import retention
from kring.joining import models

YEAR = timedelta(days=365)
WHO = "who came in by which letter: a school year long, for questions"

for model in (models.Invitation, models.LinkCode):
    retention(model, because=WHO, keep=YEAR, since="expires_at")
retention(models.LinkCodeUse, because="goes with the code")
