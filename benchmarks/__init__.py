"""Repeatable measurements: one command each for calls, throughput, CPU, memory, scale and start-up.

The product runs as its users run it, ``lusha-sync`` in a process of its own, against the sandbox in another. Each
command prints one JSON document: the machine, the sizes, and rows of figures. ``README.md`` has the latest table.
"""
