"""
The command line: thin, and everything it does is a public function.

It is the one place that looks at a clock, and only when ``--now`` is not given.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command, or say which extra it needs."""
    try:
        from ketaprogram.cli.app import app  # noqa: PLC0415  # the extra may be missing
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.stderr.write("The command needs the extra cli: pip install 'ketaprogram[cli]'\n")
        raise SystemExit(1) from None
    app()
