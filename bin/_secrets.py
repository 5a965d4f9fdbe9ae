"""Look for secrets in the project's files; ``--accept`` says that those found now are made up.

Unlike detect-secrets' own hook, a line that moves is no news.
"""

import json
import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / ".secrets.baseline"
HASHES = {"uv.lock", "package-lock.json", BASELINE.name}  # long and random, and meant to be


def main() -> int:
    """Print what was not known; exit with 1 when anything was not."""
    found = secrets()
    if "--accept" in sys.argv:
        BASELINE.write_text(json.dumps(sorted(found), indent=1) + "\n", encoding="utf-8")
        return 0
    known = {tuple(each) for each in json.loads(BASELINE.read_text(encoding="utf-8"))}
    for secret, line in sorted(found.items()):
        if secret not in known:
            print(f"{secret[0]}:{line}: {secret[1]}; made up? then bin/_secrets.py --accept")
    return 1 if found.keys() - known else 0


def secrets() -> dict[tuple[str, str, str], int]:
    """The file, the kind and the hash of everything that looks like a secret, and its line."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    collection = SecretsCollection(root=str(ROOT))
    with default_settings():
        for name in names:
            if name and Path(name).name not in HASHES and (ROOT / name).is_file():
                collection.scan_file(name)
    return {
        (name, secret.type, secret.secret_hash): secret.line_number for name, secret in collection
    }


if __name__ == "__main__":
    sys.exit(main())
