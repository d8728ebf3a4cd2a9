"""Packages from PyPI that read the same records, each in a virtual environment of its own."""
