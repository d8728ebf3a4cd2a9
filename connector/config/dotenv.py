"""Variables from a ``.env`` file beside the configuration; the environment's own lie over them."""

from __future__ import annotations

import io
from pathlib import Path

from connector.config.places import Position
from connector.config.problems import Problem

NAME = ".env"


def read_dotenv(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The variables of ``folder/.env``, none where there is no such file, and a problem for each line that is none.

    Lines are ``NAME=value``; quotes, ``export`` and comments as in a shell, but nothing in a value is filled in.
    """
    try:
        text = (folder / NAME).read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}, []
    except OSError as error:
        return {}, [Problem(Position(NAME), f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError:
        return {}, [Problem(Position(NAME), "is not UTF-8 text; save it as UTF-8")]
    from dotenv.parser import parse_stream  # only where there is such a file

    variables: dict[str, str] = {}
    problems: list[Problem] = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            problems.append(Problem(Position(NAME, binding.original.line), "expected NAME=value"))
        elif binding.key is not None and binding.value is not None:
            variables[binding.key] = binding.value
    return variables, problems
