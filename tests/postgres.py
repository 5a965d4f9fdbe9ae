"""The PostgreSQL of a test run: ``python -m tests.postgres FOLDER`` while its input is open.

It makes the template that all test databases are copied from, and writes ``ready.json`` into the
folder, or ``failed.txt``. It ends with the run, whatever becomes of that: then its input closes.
"""

import json
import os
import shutil
import sys
import traceback
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from kring.database import EmbeddedPostgres
from kring.folder import DataFolder

TEMPLATE = "kring"
PLACE = "DATABASE"  # stands in the addresses for the name of a database


def fill(owner: str) -> None:
    """Make the tables of the template, and the cast in them."""
    os.environ["DATABASE_URL"] = owner
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import_module("django").setup()
    import_module("kring.database.migrating").migrate(owner)
    if find_spec("kring.demo.cast"):
        import_module("kring.demo.cast").build()
    import_module("django.db").connection.close()


def main(folder: Path) -> None:
    """Serve until standard input closes; then throw everything away."""
    postgres = EmbeddedPostgres(DataFolder(folder / "data"), durable=False)
    try:
        with postgres.data.locked():
            postgres.start()
            fill(postgres.url(database=TEMPLATE))
        roles = {role: postgres.url(role, PLACE) for role in ("kring", "kring_web", "kring_worker")}
        (folder / "ready.new").write_text(json.dumps(roles), encoding="utf-8")
        (folder / "ready.new").rename(folder / "ready.json")
    except Exception:  # noqa: BLE001  (whatever it is, the run shows it)
        (folder / "failed.txt").write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        sys.stdin.read()
        postgres.server.kill()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
