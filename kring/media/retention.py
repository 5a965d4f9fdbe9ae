from datetime import timedelta

from kring.base.registry import retention
from kring.media.models import Asset, Portrait

retention(
    Asset,
    because="photos: two years, as the messages they hang on",
    keep=timedelta(days=2 * 365),
)
retention(Portrait, because="until its person takes it away, or goes")
