"""The folder of files that the site makes: var/, or what the environment's VAR_FOLDER names."""

import os
from pathlib import Path

VAR_FOLDER = Path(os.environ.get("VAR_FOLDER") or Path(__file__).resolve().parent.parent / "var")
