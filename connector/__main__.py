"""``python -m connector`` is ``lusha-sync``."""

from connector.cli import main

main()
