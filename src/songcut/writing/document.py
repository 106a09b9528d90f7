"""The treatment as a document that people edit: ``treatment.yaml``, with comments, and errors that name the line."""

import datetime
import io
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

from songcut.errors import DocumentError
from songcut.model.analysis import SongAnalysis
from songcut.model.schema import Schema, SchemaError, label, unlabel
from songcut.model.timing import clock
from songcut.model.treatment import Character, Colour, SectionPrompt, Treatment
from songcut.saving import write_text

TREATMENT_SCHEMA = Schema("treatment", 1)

_WIDTH = 100
_UNWRAPPED = 1_000_000
# Texts that a folded block keeps exactly: one line of plain printable words with single spaces between them.
_FOLDABLE = re.compile(r"[!-~\u00a1-\u2027\u2030-\ud7ff]+(?: [!-~\u00a1-\u2027\u2030-\ud7ff]+)*")
_TOP = """The treatment: what the film shows. It is yours to change.
Edit anything after a colon, save, and run "songcut make" again: only what you changed is shot anew.
Keep the sections in their order and number; they follow the song."""
_COMMENTS = {
    "concept": "The film in a sentence or two.",
    "style": "How it is filmed, everywhere.",
    "palette": "Its colours, as name and #rrggbb.",
    "cast": "People who recur: a name, and the words that describe them in every prompt.",
    "negative_prompt": "What must not be seen.",
    "written_by": "Who wrote this.",
    "sections": """One entry a section of the song. Sections with the same letter are the same music.
  prompt      what to shoot
  motif       what sections of this letter share
  variations  small changes, so that the takes of a section differ
  camera      how the camera moves""",
}
# The order in which a person reads; names that are not here come before the sections, as they stand.
_ORDER = ("schema", "concept", "style", "palette", "cast", "negative_prompt", "written_by", "sections")
_SECTION_ORDER = ("section", "start", "letter", "function", "motif", "prompt", "camera", "variations")
_PARTS = {"sections": SectionPrompt, "palette": Colour, "cast": Character}
_HINTS = (
    ("cannot start any token", "a tab or a character that needs quotes around its text; indent with spaces only"),
    ("mapping values are not allowed", "a colon inside a text, or wrong indentation; put the text in double quotes"),
    ("found unexpected end of stream", "a quote is opened and never closed"),
    ("while scanning a quoted scalar", "a quote is opened and never closed"),
    ("could not find expected ':'", "a colon is missing after a name, or a text is not indented"),
    ("found duplicate key", "the same name stands here twice"),
    ("expected ',' or", "a quote or a bracket is not closed, or a comma is missing"),
    ("did not find expected", "the indentation does not fit the lines above, or a quote or bracket is not closed"),
)


def save_treatment(treatment: Treatment, path: Path) -> None:
    """Write a treatment to a file, whole or not at all.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_text(dump_treatment(treatment), path)


def load_treatment(path: Path) -> Treatment:
    """Read a treatment from a file.

    Raises
    ------
    DocumentError
        If there is no such file, or naming the line of the first fault in it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DocumentError(path, f"the treatment cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(path, "this is not UTF-8 text; save the treatment as UTF-8") from error
    return parse_treatment(text, path)


def dump_treatment(treatment: Treatment) -> str:
    """Return a treatment as commented YAML text, in the order in which a person reads it."""
    text = _dump(treatment, _WIDTH)
    # ruamel.yaml wraps a quoted text wrongly beside some escapes; lines that are never wrapped are always right.
    return text if _reads_back(text, treatment) else _dump(treatment, _UNWRAPPED)


def _reads_back(text: str, treatment: Treatment) -> bool:
    try:
        return parse_treatment(text, Path("treatment.yaml")) == treatment
    except DocumentError:
        return False


def _dump(treatment: Treatment, width: int) -> str:
    data = label(treatment, TREATMENT_SCHEMA)
    document = CommentedMap()
    for name in [*_ORDER[:-1], *(name for name in data if name not in _ORDER), _ORDER[-1]]:
        document[name] = data[name] if name == "schema" else _node(data[name])
    document["palette"] = _flow_rows(data["palette"])
    document["sections"] = _section_nodes(data["sections"], treatment.sections)
    document.yaml_set_start_comment(_TOP)
    for name, comment in _COMMENTS.items():
        document.yaml_set_comment_before_after_key(name, before="\n" + comment)
    buffer = io.StringIO()
    _yaml(width).dump(document, buffer)
    return buffer.getvalue()


def parse_treatment(text: str, path: Path) -> Treatment:
    """Read a treatment from YAML text; ``path`` is named in errors.

    Raises
    ------
    DocumentError
        Naming the line of the first fault: broken YAML, a wrong or unknown name, a value of the wrong kind.
    """
    try:
        document = _yaml().load(text)
    except MarkedYAMLError as error:
        reason = _yaml_reason(error)
        # What is never closed shows only where something else begins: name where it was opened.
        marks = (error.context_mark, error.problem_mark) if "closed" in reason else (error.problem_mark,)
        mark = next((each for each in marks if each is not None), None)
        raise DocumentError(path, reason, mark.line + 1 if mark is not None else None) from error
    except (YAMLError, ValueError) as error:
        raise DocumentError(path, f"this is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(document, CommentedMap):
        raise DocumentError(path, "this is not a treatment: it has no named values such as 'concept:'")
    try:
        return unlabel(Treatment, _plain(document), TREATMENT_SCHEMA)
    except SchemaError as error:
        raise _document_error(document, error, path) from error


def check_against(treatment: Treatment, analysis: SongAnalysis, path: Path) -> None:
    """Check that an edited treatment still fits its song.

    Raises
    ------
    DocumentError
        If it does not have exactly one prompt for every section that was heard.
    """
    written, heard = len(treatment.sections), len(analysis.sections)
    if written != heard:
        raise DocumentError(
            path,
            f"it has {written} sections and the song has {heard}; put back the missing ones or take out the extra "
            "ones, or delete this file to have it written anew",
        )


def _yaml(width: int = _WIDTH) -> YAML:
    yaml = YAML(typ="rt")
    yaml.width = width
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_unicode = True
    return yaml


def _node(data: Any) -> Any:
    """Turn plain data into YAML nodes, long texts as folded blocks that need no quotes."""
    if isinstance(data, Mapping):
        return CommentedMap({name: _node(value) for name, value in data.items()})
    if isinstance(data, list):
        return CommentedSeq([_node(each) for each in data])
    if isinstance(data, str):
        return _text(data)
    return data


def _text(text: str) -> Any:
    if _FOLDABLE.fullmatch(text):
        return FoldedScalarString(text) if len(text) > 70 else text
    return DoubleQuotedScalarString(text)


def _flow_rows(rows: list[dict[str, Any]]) -> CommentedSeq:
    nodes = CommentedSeq([CommentedMap({name: DoubleQuotedScalarString(row[name]) for name in row}) for row in rows])
    for node in nodes:
        node.fa.set_flow_style()
    return nodes


def _section_nodes(rows: list[dict[str, Any]], sections: tuple[SectionPrompt, ...]) -> CommentedSeq:
    nodes = CommentedSeq()
    for row in rows:
        names = [*_SECTION_ORDER, *(name for name in row if name not in _SECTION_ORDER)]
        nodes.append(CommentedMap({name: _node(row[name]) for name in names}))
    for index, section in enumerate(sections):
        end = f"to {clock(sections[index + 1].start)}" if index + 1 < len(sections) else "to the end"
        title = f"{section.section}. {section.function} {section.letter}, {clock(section.start)} {end}"
        # A comment has no escapes: what YAML cannot hold as it stands is left out of it.
        plain = "".join(each for each in " ".join(title.split()) if each.isascii() and each.isprintable())
        nodes.yaml_set_comment_before_after_key(index, before="\n" + plain, indent=2)
    return nodes


def _plain(node: Any) -> Any:
    """Turn YAML nodes into what JSON holds; a date that YAML saw in a text is that text again."""
    if isinstance(node, Mapping):
        return {str(name): _plain(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, str):
        return str(node)
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    if isinstance(node, datetime.date | datetime.datetime):
        return node.isoformat()
    return str(node)


def _line_of(document: Any, place: tuple[str | int, ...]) -> int | None:
    """Follow a place as far as the document goes; return the line, from 1, of the last step found."""
    line: int | None = None
    node = document
    for part in place:
        try:
            position = node.lc.key(part) if isinstance(node, CommentedMap) else node.lc.item(part)
            node = node[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
        line = position[0] + 1
    return line


def _yaml_reason(error: MarkedYAMLError) -> str:
    told = " ".join(part for part in (error.context, error.problem) if part)
    for sign, hint in _HINTS:
        if sign in told:
            return hint
    return " ".join(told.split()) or "this is not YAML"


def _document_error(document: CommentedMap, error: SchemaError, path: Path) -> DocumentError:
    """Turn a fault's place into a line; a missing name is most likely a misspelt one beside it."""
    place = error.place
    if error.reason == "Field required":
        typo = _misspelt(document, place)
        if typo is not None:
            reason = f"'{typo}' is not a name that belongs here; is '{place[-1]}' meant?"
            return DocumentError(path, reason, _line_of(document, (*place[:-1], typo)))
    if not place:
        place = _place_in_whole(document, error.reason)
    return DocumentError(path, _schema_reason(error), _line_of(document, place))


def _misspelt(document: CommentedMap, place: tuple[str | int, ...]) -> str | None:
    """Return a name beside a missing one that belongs nowhere, or None."""
    kind = Treatment if len(place) == 1 else _PARTS.get(str(place[0]))
    node: Any = document
    for part in place[:-1]:
        node = node[part]
    if kind is None or not isinstance(node, Mapping):
        return None
    known = {"schema", *(each.name for each in fields(kind))}
    return next((str(name) for name in node if name not in known), None)


def _place_in_whole(document: CommentedMap, reason: str) -> tuple[str | int, ...]:
    """Find the part of the treatment that a fault of the whole speaks of."""
    if "numbered" in reason and isinstance(document.get("sections"), list):
        for index, section in enumerate(document["sections"]):
            if isinstance(section, Mapping) and section.get("section") != index + 1:
                return ("sections", index, "section")
    return next(((name,) for name in document if str(name) in reason), ())


def _schema_reason(error: SchemaError) -> str:
    name = next((str(part) for part in reversed(error.place) if isinstance(part, str)), "")
    reason = error.reason
    if reason == "Field required":
        return f"'{name}' is missing"
    if reason == "Input should be a valid string":
        reason = "expected a text; put it in double quotes"
    return f"'{name}': {reason}" if name else reason
