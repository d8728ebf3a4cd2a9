"""Lusha's API V3: requests built, answers read, and the client that joins them."""
