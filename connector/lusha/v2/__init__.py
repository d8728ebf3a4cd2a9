"""Lusha's API V2, the older generation: requests built, answers read, and the client that joins them."""
