"""How the C library keeps the memory of this process: a matter of the whole process, so of the command line alone."""

from __future__ import annotations

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""Options of glibc's ``mallopt``. https://man7.org/linux/man-pages/man3/mallopt.3.html"""
_LARGE = 128 * 1024
"""Bytes: glibc's own threshold, which stays as it is once somebody has set it."""


def give_back() -> None:
    """Let glibc give large blocks back to the system once they are free; elsewhere nothing happens.

    By itself it raises its threshold with the first answer of a megabyte that is freed, and gives each thread a heap of
    its own, which it keeps at its largest: with 16 workers that receive answers and one thread that frees them, 69 of
    235 MB were free and kept at the end of a million records.
    """
    try:
        import ctypes  # a Python that was built without libffi has none

        mallopt = ctypes.CDLL(None).mallopt
    except (ImportError, AttributeError, OSError, TypeError):  # macOS and musl lack the function, Windows the library
        return
    mallopt(_MMAP_THRESHOLD, _LARGE)
    mallopt(_ARENA_MAX, 1)
