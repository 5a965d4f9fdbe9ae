from kring.accounts.models import User
from kring.base.registry import retention

retention(User, because="a name card lives as long as the person's last tie with a school")
