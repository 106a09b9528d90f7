import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

import film_laws
import media_makers as make
from songcut.artefacts import ANALYSIS, SELECTS, SHOTS, TAKES, TREATMENT
from songcut.errors import InputError
from songcut.media.reading import read_pictures
from songcut.model.analysis import SongAnalysis
from songcut.options import MakeOptions
from songcut.pipeline import make as make_film
from songcut.pipeline import render_project

CLIPS = 12
RATES = {n: (Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001))[n % 4] for n in range(CLIPS)}


def write_footage(folder: Path, width=320, height=180, seconds=7) -> Path:
    folder.mkdir()
    for n in range(CLIPS):
        upright = n % 5 == 4
        size = (height, width) if upright else (width, height)
        make.write_coded_clip(
            folder / f"{n:02}.mp4", clip=n, frames=int(seconds * RATES[n]), width=size[0], height=size[1], rate=RATES[n]
        )
    return folder


def number_of(media: str) -> int:
    return int(Path(media).stem)


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp("song") / "clicks.flac"
    make.write_click_song(path, bpm=120, seconds=34, tags={"title": "Clicks", "artist": "Nobody"})
    return path


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    return write_footage(tmp_path_factory.mktemp("footage") / "clips")


SMALL = MakeOptions(size="160x90", quality="draft", takes=2)


@pytest.fixture(scope="module")
def cut_from_clips(song, footage, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips-film")
    options = replace(SMALL, size="320x180", film=folder / "film.mp4", clips=(footage,))
    return make_film(song, options), options


@pytest.fixture(scope="module")
def procedural(song, tmp_path_factory):
    folder = tmp_path_factory.mktemp("procedural-film")
    options = replace(SMALL, film=folder / "film.mp4")
    return make_film(song, options), options


def test_a_film_from_clips_keeps_every_law(cut_from_clips, song):
    made, _ = cut_from_clips
    film = film_laws.FilmUnderTest(made.film, made.project, song)
    assert len(film.shots.shots) >= 8
    film.check_all()
    film.check_coded_frames(RATES, number_of)


def test_a_procedural_film_keeps_every_law(procedural, song):
    made, _ = procedural
    film = film_laws.FilmUnderTest(made.film, made.project, song)
    film.check_all()
    film.check_frames_are_the_takes()


def test_the_beats_of_a_click_song_are_cut_to_the_frame(cut_from_clips, song):
    """The cuts lie on the true clicks, not only on the beats that were heard."""
    made, _ = cut_from_clips
    film = film_laws.FilmUnderTest(made.film, made.project, song)
    cuts = [shot.frames.start / film.rate for shot in film.shots.shots[1:]]
    errors = [float(abs(cut - round(cut * 2) / Fraction(2))) for cut in cuts]  # a click every half second
    assert max(errors) <= 1 / 24


def test_the_projects_files_are_there(procedural):
    made, _ = procedural
    names = {path.name for path in made.project.iterdir()}
    assert {"song.json", "analysis.json", "treatment.yaml", "shots.json", "takes", "takes.jsonl"} <= names
    assert {"timeline.otio", "credits.json", "selects.json", "report.html"} <= names
    credits = json.loads((made.project / "credits.json").read_text())
    assert {shot["generator"] for shot in credits["shots"]} == {"procedural"}


def test_only_selects_are_shot_at_full_size(procedural):
    made, options = procedural
    shots = SHOTS.read(made.project / SHOTS.file).shots
    takes = TAKES.read(made.project / TAKES.file).takes
    assert len(takes) == options.takes * len(shots)
    assert all(take.proxy for take in takes)
    rows = [json.loads(line) for line in (made.project / "takes.jsonl").read_text().splitlines()]
    assert sum(not row.get("proxy", True) for row in rows) == len(shots)
    scores = {row["take"]: row for row in rows if row["schema"] == "songcut/take_score.1"}
    assert set(scores) == {take.id for take in takes}
    assert all(-1 <= row["semantic"] <= 1 for row in scores.values())


def test_a_second_run_does_no_stage_again(procedural, cut_from_clips, song):
    for made, options in (procedural, cut_from_clips):
        before = made.film.stat().st_mtime_ns
        assert make_film(song, options).stages == ()
        assert made.film.stat().st_mtime_ns == before


def test_the_same_song_options_and_seed_give_the_same_film(procedural, song, tmp_path):
    made, options = procedural
    again = make_film(song, replace(options, film=tmp_path / "again.mp4", workers=1))
    assert again.film.read_bytes() == made.film.read_bytes()


def test_another_seed_gives_another_film(procedural, song, tmp_path):
    made, options = procedural
    other = make_film(song, replace(options, film=tmp_path / "other.mp4", seed=7, until="shoot"))
    ids = {take.id for take in TAKES.read(made.project / TAKES.file).takes}
    assert not ids & {take.id for take in TAKES.read(other.project / TAKES.file).takes}


@pytest.fixture
def own_project(song, tmp_path):
    options = replace(SMALL, film=tmp_path / "film.mp4", project=tmp_path / "p.songcut")
    return make_film(song, options), options


def test_a_changed_prompt_reshoots_only_its_section(own_project, song):
    made, options = own_project
    analysis: SongAnalysis = ANALYSIS.read(made.project / ANALYSIS.file)
    path = made.project / TREATMENT.file
    treatment = TREATMENT.read(path)
    last = len(analysis.sections) - 1
    old = treatment.sections[last]
    changed = replace(
        treatment,
        sections=(*treatment.sections[:last], replace(old, prompt="A black lighthouse above a violent green sea.")),
    )
    TREATMENT.write(changed, path)
    before = {take.id: take for take in TAKES.read(made.project / TAKES.file).takes}
    again = make_film(song, options)
    assert again.stages == ("plan", "shoot", "choose", "finish", "assemble", "render")
    shots = SHOTS.read(made.project / SHOTS.file).shots
    for take in TAKES.read(made.project / TAKES.file).takes:
        assert (take.id in before) == (shots[take.shot].section != last)
    film_laws.FilmUnderTest(again.film, again.project, song).check_all()


@pytest.mark.parametrize("stage", ["shoot", "finish"])
def test_an_interrupted_run_goes_on_where_it_was(song, tmp_path, stage, procedural):
    finished, options = procedural
    options = replace(options, film=tmp_path / "film.mp4", project=tmp_path / "p.songcut")

    def interrupt(event):
        if event.stage == stage and event.done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_film(song, options, interrupt)
    assert not options.film.exists()
    kept = len((options.project / "takes.jsonl").read_text().splitlines())
    assert kept >= 1
    rows = (options.project / "takes.jsonl").read_text()
    made = make_film(song, options)
    assert (options.project / "takes.jsonl").read_text().startswith(rows), "a take was lost"
    takes = [json.loads(line) for line in (options.project / "takes.jsonl").read_text().splitlines()]
    ids = [row["id"] for row in takes if row["schema"] == "songcut/take.1"]
    assert len(ids) == len(set(ids)), "a take was shot twice"
    assert made.film.read_bytes() == finished.film.read_bytes()


def test_an_edited_timeline_renders_as_edited(cut_from_clips, song, tmp_path):
    made, _ = cut_from_clips
    project = tmp_path / "p.songcut"
    project.mkdir()
    for name in ("song.json", "timeline.otio"):
        (project / name).write_bytes((made.project / name).read_bytes())
    document = otio.adapters.read_from_file(str(project / "timeline.otio"))
    track = document.video_tracks()[0]
    first, second = track[0].deepcopy(), track[1].deepcopy()
    track[1], track[0] = first, second
    otio.adapters.write_to_file(document, str(project / "timeline.otio"))
    again = render_project(project, MakeOptions(film=tmp_path / "edited.mp4", quality="draft"))
    before = make.read_film_codes(made.film)
    after = make.read_film_codes(again.film)
    shots = SHOTS.read(made.project / SHOTS.file).shots
    one, two = shots[0].frames.length, shots[1].frames.length
    assert after == before[one : one + two] + before[:one] + before[one + two :]


def test_make_goes_on_from_an_edited_timeline(song, footage, tmp_path):
    options = replace(SMALL, film=tmp_path / "film.mp4", clips=(footage,))
    made = make_film(song, options)
    path = made.project / "timeline.otio"
    text = path.read_text()
    edited = re.sub(r"/0(\d)\.mp4", lambda match: f"/{(int(match[1]) + 1) % 10:02}.mp4", text)
    assert edited != text
    path.write_text(edited)
    again = make_film(song, options)
    assert again.stages == ("render",)
    assert path.read_text() == edited


def test_until_stops_and_from_redoes(song, tmp_path):
    options = replace(SMALL, film=tmp_path / "film.mp4", until="plan")
    made = make_film(song, options)
    assert made.film is None
    assert made.stages == ("listen", "write", "plan")
    assert not (made.project / TAKES.file).exists()
    assert make_film(song, replace(options, redo_from="write")).stages == ("write", "plan")


def test_lyrics_beside_the_song_reach_the_treatment(song, tmp_path):
    copy = tmp_path / "clicks.flac"
    copy.write_bytes(song.read_bytes())
    (tmp_path / "clicks.lrc").write_text(
        "[00:01.00]the tide rolls over the harbour\n[00:09.00]waves on the open ocean\n"
    )
    made = make_film(copy, replace(SMALL, film=tmp_path / "film.mp4", until="write"))
    assert "harbour" in (made.project / "lyrics.lrc").read_text()
    prompts = " ".join(section.prompt for section in TREATMENT.read(made.project / TREATMENT.file).sections).lower()
    assert any(
        word in prompts for word in ("sea", "water", "ocean", "tide", "wave", "harbour", "shore", "river", "lake")
    )


def test_a_project_of_another_song_is_not_overwritten(own_project, tmp_path):
    _, options = own_project
    other = tmp_path / "other.wav"
    make.write_click_song(other, bpm=90, seconds=5)
    with pytest.raises(InputError, match="belongs to another song"):
        make_film(other, options)


def test_an_unreadable_clip_is_skipped_with_a_warning(song, footage, tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    for path in sorted(footage.iterdir())[:6]:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "broken.mp4").write_bytes(b"not a film at all")
    made = make_film(song, replace(SMALL, film=tmp_path / "film.mp4", clips=(folder,)))
    assert [warning for warning in made.warnings if "broken.mp4" in warning]
    make_film(song, replace(SMALL, film=tmp_path / "film.mp4", clips=(folder,)))
    announced = json.loads((made.project / "credits.json").read_text())["announced"]
    assert [row["stage"] for row in announced if "broken.mp4" in row["message"]] == ["shoot"]
    assert {number_of(take.path) for take in TAKES.read(made.project / TAKES.file).takes} == set(range(6))


def test_every_select_explains_itself(cut_from_clips):
    made, _ = cut_from_clips
    assert all(select.reason for select in SELECTS.read(made.project / SELECTS.file).selects)


def test_black_and_frozen_clips_do_not_reach_the_film(song, footage, tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    for path in sorted(footage.iterdir())[:4]:
        (folder / path.name).write_bytes(path.read_bytes())
    make.write_black_clip(folder / "black.mp4", frames=200)
    make.write_frozen_clip(folder / "frozen.mp4", frames=200, clip=200)
    made = make_film(song, replace(SMALL, film=tmp_path / "film.mp4", clips=(folder,)))
    rejected = [json.loads(line).get("rejected") for line in (made.project / "takes.jsonl").read_text().splitlines()]
    assert {"black", "frozen"} <= set(rejected)
    media = {Path(clip.media).stem for clip in film_laws.FilmUnderTest(made.film, made.project, song).timeline.clips}
    assert media <= {"00", "01", "02", "03"}
    picture = next(iter(read_pictures(made.film, [Fraction(1)], 160, 90)))
    assert picture.shape == (135, 160)
