"""A JSON Schema as a page: one section for each map of keys, in the order in which a file holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from connector.config.wording import one_of
from tools.reference.markdown import anchor, code, page, table

Schema = Mapping[str, Any]
_NAMES = {"orgs": "ORG", "fields": "FIELD", "stamp": "FIELD"}
"""What stands for a key that the user names."""


def schema_page(name: str, what: str, example: str) -> str:
    """The page about one schema; ``what`` is the file that it is of, ``example`` one that is there."""
    schema = json.loads(files("connector").joinpath("schema", f"{name}.schema.json").read_text("utf-8"))
    walk = _Walk(schema["$defs"])
    walk.visit("", walk.completed(name, schema))
    file = f"[`{name}.schema.json`](../../connector/schema/{name}.schema.json)"
    says = f"This is what {file} says: it checks the files, and completes them in your editor."
    intro = f"{schema['description']} {says} An example: [`{example}`](../../{example})."
    return page(f"Every key of {what}", intro, *(section.text(walk) for section in walk.sections))


@dataclass(slots=True)
class _Section:
    """One map of keys, and every place where it stands."""

    title: str
    schema: Schema
    places: list[str] = field(default_factory=list)

    def text(self, walk: _Walk) -> str:
        places = ", ".join(f"`{place}`" for place in self.places if place)
        required, rows = set(self.schema.get("required", ())), []
        for key, part in self.schema["properties"].items():
            whole = walk.resolved(part)
            about = str(whole.get("description") or whole.get("title") or "")
            default = "required" if key in required else _default(whole)
            rows.append([f"`{key}`", about, walk.value(self.schema, key), default, _example(whole)])
        said = [str(self.schema.get("description", "")), f"At {places}."] if places else []
        heads = ["key", "meaning", "value", "default", "example"]
        return "\n\n".join([f"## {self.title}", *filter(None, said), table(heads, rows), *_needs(self.schema)])


class _Walk:
    """One pass over a schema: collects its sections, each once."""

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions
        self.sections: list[_Section] = []

    def visit(self, place: str, schema: Schema) -> None:
        """Note a map of keys, and what is below it."""
        if "properties" in schema:
            known = next((one for one in self.sections if one.schema["properties"] is schema["properties"]), None)
            if known is not None:
                known.places += [place] if place not in known.places else []
                return
            title = schema["title"] if place else "The top of the file"
            self.sections.append(_Section(title, schema, [place]))
        for key, part in schema.get("properties", {}).items():
            for variant in [part, *(below for _, below in _variants(schema, key))]:
                self._below(f"{place}.{key}".lstrip("."), self.resolved(variant), _NAMES.get(key, "NAME"))

    def _below(self, place: str, part: Schema, name: str) -> None:
        if "properties" in part:
            if "title" in part:
                self.visit(place, part)
            for key, more in () if "title" in part else part["properties"].items():
                self._below(f"{place}.{key}", self.resolved(more), "NAME")
            return
        if isinstance(part.get("additionalProperties"), Mapping):
            self._below(f"{place}.{name}", self.resolved(part["additionalProperties"]), "NAME")
        if isinstance(part.get("items"), Mapping):
            self._below(f"{place}[]", self.resolved(part["items"]), "NAME")
        for reached in _references({key: part[key] for key in ("if", "then", "else", "allOf") if key in part}):
            self._below(place, self.resolved({"$ref": reached}), "NAME")

    def resolved(self, part: Schema) -> Schema:
        """The part with what it refers to; its own words win."""
        reference = part.get("$ref")
        return part if reference is None else {**self._definition(reference), **part}

    def _definition(self, reference: str) -> Schema:
        name = reference.removeprefix("#/$defs/")
        return self.completed(name, self._definitions[name])

    def completed(self, name: str, part: Schema) -> Schema:
        """A definition with what its ``complete_…`` says that the whole needs, however many files make it."""
        complete = self._definitions.get(f"complete_{name}", {})
        conditions = [*part.get("allOf", ()), *complete.get("allOf", ())]
        more = {key: value for key, value in complete.items() if key in ("required", "if", "then", "else")}
        return {**part, **more, **({"allOf": conditions} if conditions else {})}

    def value(self, parent: Schema, key: str) -> str:
        """What a key may hold, in words and links."""
        part = self.resolved(parent["properties"][key])
        variants = [(when, self.resolved(below)) for when, below in _variants(parent, key)]
        told = [(when, self._words(below)) for when, below in variants if "title" in below or "items" in below]
        links = [f"{words} ({when})" for when, words in told]
        return "; ".join(links) or self._words(part)

    def _words(self, part: Schema) -> str:
        if "enum" in part and "properties" not in part:
            return ", ".join(code(word) for word in part["enum"])
        if "enum" in part.get("then", {}):
            return f"{self._words(part['then'])}, or nothing"
        if "properties" in part and "title" in part:
            return f"[{part['title']}](#{anchor(part['title'])})"
        below = part.get("items") or part.get("additionalProperties")
        if isinstance(below, Mapping):
            many = "list of" if "items" in part else "by name:"
            return f"{many} {self._words(self.resolved(below))}"
        deeper = {key: part[key] for key in ("if", "then", "else") if key in part}
        inner = [self.resolved({"$ref": one}) for one in _references(deeper)]
        links = [self._words(one) for one in inner if "properties" in one and "title" in one]
        return links[0] if links else _plain(part)


def _plain(part: Schema) -> str:
    types = part.get("type", ())
    words = one_of([types] if isinstance(types, str) else types) if types else part.get("title", "any")
    words = part.get("x-expects", words)
    ends = [f"{part[key]:,}" for key in ("minimum", "maximum") if key in part]
    return f"{words}, {' to '.join(ends)}{' or more' if len(ends) == 1 else ''}" if ends else str(words)


def _default(part: Schema) -> str:
    return code(part["default"]) if "default" in part else ""


def _example(part: Schema) -> str:
    return code(part["examples"][0]) if part.get("examples") else ""


def _variants(schema: Schema, key: str) -> Iterator[tuple[str, Schema]]:
    """What a key holds under conditions: ``(crm: salesforce, its schema)``."""
    for condition in schema.get("allOf", ()):
        then = condition.get("then", {}).get("properties", {})
        if key in then and (when := _condition(condition["if"])):
            yield when, then[key]


def _needs(schema: Schema) -> Iterator[str]:
    """The keys that are required under a condition, a sentence each."""
    branches = [*schema.get("allOf", ()), schema]
    for branch in (part for whole in branches for part in (whole.get("then"), whole.get("else")) if part):
        if "required" in branch and ":" in branch.get("x-for", ""):
            yield f"Needed for {branch['x-for']}: {', '.join(code(key) for key in branch['required'])}."


def _condition(condition: Schema) -> str:
    found = [f"`{key}: {part['const']}`" for key, part in condition.get("properties", {}).items() if "const" in part]
    return " and ".join(found)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if "$ref" in value:
            yield value["$ref"]
        for below in value.values():
            yield from _references(below)
    elif isinstance(value, list):
        for below in value:
            yield from _references(below)
