"""Check on a real database that the migrations say what the models say; and Django's checks."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kring.database import EmbeddedPostgres
from kring.folder import DataFolder


def main() -> int:
    """Exit with 1 when a migration is missing, or a check complains."""
    with tempfile.TemporaryDirectory(prefix="kring-") as folder:
        postgres = EmbeddedPostgres(DataFolder(Path(folder)), durable=False)
        with postgres.running():
            environment = os.environ | {
                "DATABASE_URL": postgres.url(),
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "KRING_ORIGIN": "https://kring.example",
                "SECRET_KEY": postgres.secrets.secret_key,
            }
            return max(
                subprocess.run([sys.executable, "-m", "django", *words], env=environment).returncode
                for words in (
                    ["makemigrations", "--check", "--dry-run"],
                    ["check", "--deploy", "--fail-level=WARNING"],
                )
            )


if __name__ == "__main__":
    sys.exit(main())
