"""``python -m ketaprogram`` is the command ``ketaprogram``."""

from ketaprogram.cli import main

main()
