import json
import multiprocessing
from fractions import Fraction

import pytest

from songcut.errors import DocumentError, InputError, OutputError
from songcut.model.song import LyricLine, Lyrics
from songcut.model.takes import Take
from songcut.project import json_artefact, open_project

WORDS = json_artefact("words", "words.json", Lyrics, 1)


def lyrics(text):
    return Lyrics((LyricLine(text, 1.0, 2.0),), "test")


@pytest.fixture
def project(tmp_path):
    with open_project(tmp_path / "song.songcut") as project:
        yield project


def never():
    raise AssertionError("made again although nothing changed")


def test_a_value_is_made_once_for_the_same_inputs(project):
    assert project.keep(WORDS, "k", lambda: lyrics("a")).made
    kept = project.keep(WORDS, "k", never)
    assert kept.value == lyrics("a")
    assert not kept.made


def test_a_value_outlives_the_process(tmp_path):
    with open_project(tmp_path / "p") as project:
        project.keep(WORDS, "k", lambda: lyrics("a"))
    with open_project(tmp_path / "p") as project:
        assert project.keep(WORDS, "k", never).value == lyrics("a")


def test_other_inputs_make_it_again(project):
    project.keep(WORDS, "k", lambda: lyrics("a"))
    assert project.keep(WORDS, "other", lambda: lyrics("b")).value == lyrics("b")


def edit(project):
    path = project.path(WORDS)
    path.write_text(path.read_text().replace('"a"', '"edited"'))


def test_an_edited_file_is_used_as_it_is(project):
    project.keep(WORDS, "k", lambda: lyrics("a"))
    edit(project)
    kept = project.keep(WORDS, "k", never)
    assert kept.value == lyrics("edited")
    assert kept.edited


def test_an_edited_file_wins_over_new_inputs_and_that_is_said(project):
    project.keep(WORDS, "k", lambda: lyrics("a"))
    edit(project)
    said = []
    assert project.keep(WORDS, "other", never, warn=said.append).value == lyrics("edited")
    assert len(said) == 1
    assert "words.json" in said[0]


def test_making_afresh_keeps_the_edit_aside(project):
    project.keep(WORDS, "k", lambda: lyrics("a"))
    edit(project)
    assert project.keep(WORDS, "k", lambda: lyrics("b"), afresh=True).value == lyrics("b")
    assert "edited" in project.path(WORDS).with_name("words.json.bak").read_text()


def test_a_kill_between_file_and_record_is_no_edit(project):
    project.keep(WORDS, "k", lambda: lyrics("a"))
    state = project.folder / "state.json"
    before = state.read_bytes()

    def die():
        # What a kill right after writing the file leaves: the file is new, the record still says it is pending.
        pending = state.read_bytes()
        assert pending != before
        project.path(WORDS).write_text("half")
        raise KeyboardInterrupt

    class Dying:
        stage, file, read = WORDS.stage, WORDS.file, WORDS.read

        @staticmethod
        def write(value, path):
            die()

    with pytest.raises(KeyboardInterrupt):
        project.keep(Dying, "other", lambda: lyrics("b"))
    said = []
    assert project.keep(WORDS, "other", lambda: lyrics("b"), warn=said.append).made
    assert said == []


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not JSON"), ("[]", "expected named values"), ('{"schema": "songcut/words.9"}', "newer songcut")],
)
def test_a_damaged_value_names_its_file(project, text, message):
    project.keep(WORDS, "k", lambda: lyrics("a"))
    project.path(WORDS).write_text(text)
    with pytest.raises(DocumentError, match=message) as caught:
        project.keep(WORDS, "k", never)
    assert str(project.path(WORDS)) in str(caught.value)


def take(project, name):
    file = project.takes_folder / f"{name}.mp4"
    file.write_bytes(b"x")
    return Take(name, 0, "procedural", "p", "c", str(file), "0" * 64, Fraction(1), 64, 36)


def test_takes_are_on_record_with_paths_that_move_with_the_folder(project):
    recorded = project.add_take(take(project, "one"))
    assert recorded.path == "takes/one.mp4"
    assert project.takes() == {"one": recorded}


def test_a_torn_last_row_is_passed_over_and_the_next_take_kept(project):
    project.add_take(take(project, "one"))
    with (project.folder / "takes.jsonl").open("a") as file:
        file.write('{"schema": "songcut/take.1", "id": "tw')
    assert set(project.takes()) == {"one"}


def test_appending_after_a_torn_row_loses_no_take(project):
    project.add_take(take(project, "one"))
    with (project.folder / "takes.jsonl").open("a") as file:
        file.write('{"torn')
    project.add_take(take(project, "two"))
    assert set(project.takes()) == {"one", "two"}


def test_a_take_whose_file_is_gone_is_not_there(project):
    project.add_take(take(project, "one"))
    (project.takes_folder / "one.mp4").unlink()
    assert project.takes() == {}


def test_half_written_files_of_a_killed_run_are_swept_away(tmp_path):
    with open_project(tmp_path / "p") as project:
        kept = project.takes_folder / "take.mp4"
        kept.write_bytes(b"x")
        half = project.takes_folder / ".take.mp4.123.abcd.tmp"
        half.write_bytes(b"x")
    with open_project(tmp_path / "p"):
        assert kept.exists()
        assert not half.exists()


def _open_and_say(folder, queue):
    try:
        with open_project(folder):
            queue.put("opened")
    except InputError as error:
        queue.put(str(error))


def test_two_processes_do_not_share_a_project(tmp_path):
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    with open_project(tmp_path / "p"):
        other = context.Process(target=_open_and_say, args=(tmp_path / "p", queue))
        other.start()
        said = queue.get(timeout=60)
        other.join()
    assert "another songcut" in said


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    (tmp_path / "p").write_text("x")
    with pytest.raises(InputError, match="is a file"), open_project(tmp_path / "p"):
        pass


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"), open_project(tmp_path / "file" / "p"):
        pass


def test_state_that_is_damaged_says_what_to_do(tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "state.json").write_text(json.dumps({"schema": "songcut/state.1", "stages": 3}))
    with pytest.raises(DocumentError, match="delete it"), open_project(tmp_path / "p"):
        pass
