"""Lusha: requests, the one send path, and its answers as canonical profiles."""
