"""Configuration: YAML files with positions in, frozen settings or one ConfigError with every problem out."""

from connector.config.files import shipped_mappings
from connector.config.loader import inspect_config, load_config, load_mapping
from connector.config.mapping_rules import mapping_warnings
from connector.config.quantities import parse_duration

__all__ = ["inspect_config", "load_config", "load_mapping", "mapping_warnings", "parse_duration", "shipped_mappings"]
