from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songcut.errors import DocumentError, OutputError
from songcut.model.analysis import FUNCTIONS, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.treatment import Character, Colour, SectionPrompt, Treatment
from songcut.writing.document import check_against, dump_treatment, load_treatment, parse_treatment, save_treatment

PATH = Path("song.songcut/treatment.yaml")
LONG = (
    "A rowing boat turning slowly on its rope: alone. In a harbour before dawn, mist lying on black water under the "
    "first grey light. Nothing has happened yet; the place is only waking. # not a comment"
)


def treatment(**changes) -> Treatment:
    values = {
        "concept": "A melancholy film that opens on the harbour before dawn.",
        "style": "35 mm film",
        "palette": (Colour("ink black", "#0b0d12"), Colour("ice", "#dbe8ef")),
        "sections": (
            SectionPrompt(1, 0.0, "A", "intro", "in a harbour", LONG, ("Seen from far away.",), "slow push in"),
            SectionPrompt(2, 11.25, "B", "verse", "on a hill", "A tree.", (), "locked off"),
        ),
        "cast": (Character("the ferryman", "an old man in a yellow coat"),),
        "negative_prompt": "text",
        "written_by": "a test",
    }
    return Treatment(**{**values, **changes})


def test_what_is_saved_is_loaded(tmp_path):
    path = tmp_path / "treatment.yaml"
    save_treatment(treatment(), path)
    assert load_treatment(path) == treatment()
    assert [each.name for each in tmp_path.iterdir()] == ["treatment.yaml"]


def test_a_person_can_read_it():
    text = dump_treatment(treatment())
    lines = text.splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "schema: songcut/treatment.1"
    assert lines[0].startswith("# The treatment: what the film shows.")
    assert "  # 1. intro A, 0:00 to 0:11" in lines
    assert "  # 2. verse B, 0:11 to the end" in lines
    assert '  - {name: "ink black", hex: "#0b0d12"}' in lines
    assert "    prompt: >-" in lines
    assert max(len(line) for line in lines) <= 112
    names = [line.split(":")[0] for line in lines if line and line[0].isalpha()]
    assert names == ["schema", "concept", "style", "palette", "cast", "negative_prompt", "written_by", "sections"]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=160)
words = st.lists(
    st.text(st.characters(categories=["L", "P", "S", "N"]), min_size=1, max_size=14), min_size=1, max_size=30
)
prose = st.one_of(texts, words.map(" ".join))
prompts = prose.filter(lambda text: text.strip() != "")
colours = st.builds(Colour, prose, st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True))


@st.composite
def treatments(draw) -> Treatment:
    count = draw(st.integers(0, 4))
    sections = tuple(
        SectionPrompt(
            section=number + 1,
            start=draw(st.floats(0, 5000)),
            letter=draw(prose),
            function=draw(st.sampled_from(FUNCTIONS)),
            motif=draw(prose),
            prompt=draw(prompts),
            variations=tuple(draw(st.lists(prose, max_size=3))),
            camera=draw(prose),
        )
        for number in range(count)
    )
    return Treatment(
        concept=draw(prose),
        style=draw(prose),
        palette=tuple(draw(st.lists(colours, min_size=1, max_size=3))),
        sections=sections,
        cast=tuple(draw(st.lists(st.builds(Character, prose, prose), max_size=2))),
        negative_prompt=draw(prose),
    )


def test_a_control_character_where_a_line_would_wrap_survives():
    odd = treatment(negative_prompt="0" * 80 + "\x1f0 0")
    assert parse_treatment(dump_treatment(odd), PATH) == odd


@settings(max_examples=25, deadline=None)
@given(treatments())
def test_any_treatment_comes_back_as_it_was(value):
    assert parse_treatment(dump_treatment(value), PATH) == value


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.strip().startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "blamed", "reason"),
    [
        ("style: 35 mm film", "style: [35 mm", "style", "not closed"),
        ("style: 35 mm film", "\tstyle: 35 mm film", "style", "tab"),
        ("style: 35 mm film", "stile: 35 mm film", "stile", "is 'style' meant?"),
        ("style: 35 mm film", "style: 35", "style", "put it in double quotes"),
        ("style: 35 mm film", "style: blue: and grey", "style", "double quotes"),
        ("style: 35 mm film", "style: a\nstyle: b", "style: b", "twice"),
        ("    camera: locked off", "    camera: {move: 3}", "camera: {move", "'camera'"),
        ("    camera: locked off", "    camra: locked off", "camra", "there is no such name here"),
        ("    start: 11.25", "    start: late", "start: late", "'start'"),
        ("  - section: 2", "  - section: 3", "- section: 3", "numbered from 1"),
        ("    prompt: A tree.", "    prompt: ''", "- section: 2", "must not be empty"),
        ('hex: "#dbe8ef"', "hex: pale", '- {name: "ice"', "write it as #rrggbb"),
        ("songcut/treatment.1", "songcut/treatment.9", "schema", "newer songcut"),
        ("songcut/treatment.1", "songcut/timeline.1", "schema", "expected songcut/treatment.1"),
        ('"ink black"', '"ink black', "- {name", "not closed"),
    ],
)
def test_a_fault_names_its_line(old, new, blamed, reason):
    text = dump_treatment(treatment())
    assert old in text
    broken = text.replace(old, new)
    with pytest.raises(DocumentError) as caught:
        parse_treatment(broken, PATH)
    assert reason in caught.value.reason
    assert caught.value.line is not None
    assert "\n" not in str(caught.value)
    assert caught.value.line == line_of(broken, blamed)


def test_a_missing_name_points_at_the_entry_that_lacks_it():
    text = dump_treatment(treatment()).replace("    prompt: A tree.\n", "")
    with pytest.raises(DocumentError, match="'prompt' is missing") as caught:
        parse_treatment(text, PATH)
    assert caught.value.line == line_of(text, "- section: 2")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "3", "\x00", "%YAML 9\n---\n", "&a [*a]", "a: *b"])
def test_what_is_no_treatment_is_refused_in_one_sentence(text):
    with pytest.raises(DocumentError) as caught:
        parse_treatment(text, PATH)
    assert "\n" not in str(caught.value)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.text(max_size=6), st.integers(0, 8))
def test_no_edit_however_clumsy_raises_anything_else(place, inserted, removed):
    text = dump_treatment(treatment())
    place %= len(text)
    try:
        parse_treatment(text[:place] + inserted + text[place + removed :], PATH)
    except DocumentError as error:
        assert "\n" not in str(error)


def test_a_person_may_write_plain_yaml_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "treatment.yaml"
    path.write_bytes(
        b"\xef\xbb\xbfschema: songcut/treatment.1\nconcept: 2020-01-01\nstyle: x\n"
        b"palette: [{name: red, hex: '#ff0000'}]\n"
        b"sections: [{section: 1, start: 0, letter: A, function: verse, motif: m, prompt: p}]\n"
    )
    loaded = load_treatment(path)
    assert loaded.concept == "2020-01-01"
    assert loaded.sections[0].camera == "slow push in"


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(DocumentError, match="cannot be read"):
        load_treatment(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("concept: caf\xe9".encode("latin-1"))
    with pytest.raises(DocumentError, match="UTF-8"):
        load_treatment(tmp_path / "latin.yaml")


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        save_treatment(treatment(), tmp_path / "none" / "treatment.yaml")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "treatment.yaml"
    save_treatment(treatment(), path)
    before = path.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("songcut.saving.os.fsync", full)
    with pytest.raises(OutputError, match="disk is full"):
        save_treatment(treatment(concept="another"), path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["treatment.yaml"]


def test_a_treatment_must_have_a_prompt_for_every_section():
    def heard(count):
        sections = tuple(Section(i, i + 1, "A", "verse", 0.5) for i in range(count))
        return SongAnalysis(count, 0, BeatGrid(), sections, EnergyCurve(1, ()), (), "C major", Mood(0, 0, ("calm",)))

    check_against(treatment(), heard(2), PATH)
    with pytest.raises(DocumentError, match="it has 2 sections and the song has 3"):
        check_against(treatment(), heard(3), PATH)
