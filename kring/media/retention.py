from datetime import timedelta

from kring.base.registry import retention
from kring.media.models import Asset

retention(
    Asset,
    because="photos are kept to the end of the next school year (no term in law; quality L5)",
    keep=timedelta(days=2 * 365),
)
