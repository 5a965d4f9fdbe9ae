from datetime import timedelta

from kring.accounts.models import TabletPin, User
from kring.base.registry import retention

retention(User, because="a name card lives as long as the person's last tie with a school")
retention(
    TabletPin,
    because="a code for a shared tablet is good for 90 days; swept the night after",
    keep=timedelta(0),
    since="expires_at",
)
