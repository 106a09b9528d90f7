import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from real_embedder import real_embedder
from songcut.model.analysis import FUNCTIONS, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.song import LyricLine, Lyrics, Song
from songcut.model.treatment import Brief
from songcut.ports import WritingDesk
from songcut.writing.document import check_against
from songcut.writing.imagery import language, worlds
from songcut.writing.writer import BuiltinWriter
from stub_embedder import StubEmbedder

POP = (
    ("A", "intro", 10, 0.1),
    ("B", "verse", 25, 0.35),
    ("C", "chorus", 22, 0.9),
    ("B", "verse", 25, 0.4),
    ("C", "chorus", 22, 0.95),
    ("D", "bridge", 18, 0.5),
    ("C", "chorus", 22, 1.0),
    ("E", "outro", 14, 0.2),
)
SEA = "The tide rolls over the harbour wall / the sea took everything I knew / waves on waves across the bay"
FIRE = "Burn it down, burn it all / flames are climbing up the wall / fire in the streets tonight"
SNOW = "Snow is falling on the village square / the first white winter in my hair / frost on every window pane"
SAD, ANGRY = Mood(-0.6, -0.5, ("melancholy", "wistful")), Mood(-0.6, 0.85, ("fierce", "urgent"))
SONG = Song("/music/song.mp3", "0" * 64, 158.0, 44100, 2, "mp3", "Nobody Knows")


def analysis_of(form, mood) -> SongAnalysis:
    sections, time = [], 0.0
    for letter, function, lasts, energy in form:
        sections.append(Section(time, time + lasts, letter, function, energy))
        time += lasts
    return SongAnalysis(time, 100.0, BeatGrid(), tuple(sections), EnergyCurve(1.0, ()), (), "A minor", mood)


def lyrics_of(analysis, words_of_letter) -> Lyrics:
    lines = []
    for section in analysis.sections:
        texts = [text.strip() for text in words_of_letter.get(section.letter, "").split("/") if text.strip()]
        for number, text in enumerate(texts):
            start = section.start + number * section.duration / len(texts)
            lines.append(LyricLine(text, start, start + section.duration / len(texts)))
    return Lyrics(tuple(lines), "a test")


def desk(words=None, form=POP, mood=SAD, brief=None, embedder=None, seed=0) -> WritingDesk:
    analysis = analysis_of(form, mood)
    return WritingDesk(
        SONG, analysis, lyrics_of(analysis, words or {}), brief or Brief(), embedder or StubEmbedder(False), seed
    )


def write(*args, **named):
    return BuiltinWriter().write(desk(*args, **named))


forms = st.lists(
    st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from(FUNCTIONS), st.integers(2, 60), st.floats(0, 1)),
    min_size=1,
    max_size=16,
)


@settings(max_examples=12, deadline=None)
@given(forms, st.floats(-1, 1), st.floats(-1, 1), st.integers(-1, 2**33))
def test_the_laws_of_a_treatment(form, valence, arousal, seed):
    its_desk = desk({"A": SEA, "C": FIRE}, form, Mood(valence, arousal, ("strange",)), seed=seed)
    treatment = BuiltinWriter().write(its_desk)
    check_against(treatment, its_desk.analysis, None)
    assert [(s.letter, s.function, s.start) for s in treatment.sections] == [
        (s.letter, s.function, s.start) for s in its_desk.analysis.sections
    ]
    motif_of = {}
    for section in treatment.sections:
        assert section.motif in section.prompt
        assert motif_of.setdefault(section.letter, section.motif) == section.motif
        assert 4 <= len(section.variations) <= 6 and len(set(section.variations)) == len(section.variations)
    assert len(set(motif_of.values())) == len(motif_of)
    assert 4 <= len(treatment.palette) <= 6


def test_sections_of_a_letter_share_the_motif_and_differ_in_the_shot():
    prompts = [section.prompt for section in write({"B": SEA}).sections if section.letter == "C"]
    assert len(set(prompts)) == 3
    assert len({prompt.split(".")[0] for prompt in prompts}) == 3


def test_more_sections_of_a_letter_than_shots_in_a_world_still_get_prompts():
    form = [("A", "verse", 10, 0.5)] * 11
    treatment = write(form=form)
    firsts = [section.prompt.split(".")[0] for section in treatment.sections]
    assert len(set(firsts)) == 4 and max(firsts.count(first) for first in firsts) == 3
    assert len({section.prompt for section in treatment.sections}) == 11


def test_more_letters_than_worlds_still_get_prompts():
    form = [(f"L{number}", "verse", 5, 0.5) for number in range(len(worlds()) + 3)]
    treatment = write(form=form)
    assert len({section.motif for section in treatment.sections}) == len(worlds())


def test_the_same_desk_writes_the_same_and_another_seed_another():
    assert write({"B": SEA}) == write({"B": SEA})
    assert write({"B": SEA}, seed=1).sections != write({"B": SEA}, seed=2).sections


def test_neighbours_have_different_camera_moves():
    for before, after in pairwise(write().sections):
        assert before.camera != after.camera


def test_the_camera_is_calmer_in_a_lullaby_than_in_a_fight_at_the_same_energy():
    calm = {section.camera for section in write(mood=Mood(0.3, -0.9, ("calm",))).sections if section.letter == "C"}
    wild = {section.camera for section in write(mood=ANGRY).sections if section.letter == "C"}
    assert not calm & set(language().camera.high)
    assert wild <= set(language().camera.high)


def test_no_line_and_no_word_of_music_leaks_into_a_prompt():
    words = {"B": "Sing me the chorus of that guitar song / drums and bass all night long", "C": SEA}
    treatment = write(words, mood=Mood(0.2, 0.5, ("rhythmic", "playful")))
    for section in treatment.sections:
        text = " ".join([section.prompt, section.camera, *section.variations]).lower()
        for line in (part.strip().lower() for lines in words.values() for part in lines.split("/")):
            assert line not in text
        for word in language().music_words:
            assert not re.search(rf"\b{re.escape(word)}\b", text)


def test_an_instrumental_gets_a_treatment_from_mood_and_form():
    treatment = write(mood=Mood(0.6, -0.4, ("tender", "warm")))
    first = next(world for world in worlds() if world.motif == treatment.sections[1].motif)
    assert abs(first.valence - 0.6) + abs(first.arousal + 0.4) < 1.0
    assert "tender" in treatment.concept


def test_untimed_and_foreign_words_are_no_obstacle():
    lines = tuple(LyricLine(text) for text in ("海の向こうへ", "Море зовёт меня", "la mer qu'on voit danser"))
    untimed = replace(desk(), lyrics=Lyrics(lines, "words.txt"))
    assert len(BuiltinWriter().write(untimed).sections) == len(POP)


def test_the_brief_always_wins():
    brief = Brief(
        idea="A lonely astronaut walks through a desert.",
        style="black and white, 16 mm",
        mood="furious",
        title="The Long Way",
    )
    treatment = write({"B": SEA}, brief=brief)
    assert treatment.style == "black and white, 16 mm"
    assert treatment.concept.startswith("A lonely astronaut walks through a desert: “The Long Way”, a furious film")
    for section in treatment.sections:
        assert section.prompt.startswith("A lonely astronaut walks through a desert. ")
        assert section.prompt.endswith("furious.")
    for colour in treatment.palette:
        assert max(colour.rgb) - min(colour.rgb) < 0.01


def test_an_empty_brief_is_no_brief():
    assert write(brief=Brief(idea=" ", style="", mood=" ")) == write()


def test_a_song_of_one_section():
    treatment = write(form=[("A", "verse", 30, 0.0)])
    assert "never leaves the" in treatment.concept


@pytest.mark.parametrize(
    ("letters", "energies", "said"),
    [
        ("ABA", (0.2, 0.9, 0.2), "in the end we are back where we began"),
        ("ABA", (0.9, 0.2, 0.9), "It strays as far as the"),
        ("ABC", (0.9, 0.2, 0.1), "From there it strays ever further, and the last we see is the"),
        ("ABB", (0.1, 0.2, 0.9), "and it never turns back"),
        ("ABC", (0.1, 0.9, 0.2), "; the last we see is the"),
    ],
)
def test_the_concept_tells_where_the_film_goes(letters, energies, said):
    form = [(letter, "verse", 20, energy) for letter, energy in zip(letters, energies, strict=True)]
    treatment = write(form=form)
    assert said in treatment.concept
    assert treatment.concept.startswith("“Nobody Knows”, a melancholy, wistful film that opens on the ")
    assert treatment.concept.count(".") == 2


def test_a_mood_told_at_length_fits_into_the_concept():
    treatment = write(brief=Brief(mood="like the last day of summer"))
    assert "a film in one mood, like the last day of summer, that opens on the " in treatment.concept


def real(words, mood=SAD, seed=0, **named):
    return write(words, mood=mood, embedder=real_embedder(), seed=seed, **named)


@pytest.mark.parametrize("seed", [0, 7])
def test_with_the_real_model_words_find_their_pictures(seed):
    treatment = real({"B": SEA, "C": FIRE, "D": SNOW}, seed=seed)
    prompt_of = {section.letter: section.prompt.lower() for section in treatment.sections}
    assert re.search(r"sea|water|wave|tide|shore|harbour", prompt_of["B"])
    assert re.search(r"fire|flame|ember|burn|lava|candle|spark", prompt_of["C"])
    assert re.search(r"snow|ice|winter|frost", prompt_of["D"])


def test_with_the_real_model_prompts_of_different_letters_are_distinct_and_each_is_nearest_to_its_words():
    words = {"B": SEA, "C": FIRE, "D": SNOW}
    treatment = real(words)
    prompts = real_embedder().embed_texts([section.prompt for section in treatment.sections])
    letters = [section.letter for section in treatment.sections]
    likeness = prompts @ prompts.T
    assert all(likeness[i, j] < 0.85 for i in range(len(letters)) for j in range(i) if letters[i] != letters[j])
    for letter, text in words.items():
        nearest = (real_embedder().embed_texts([text.replace("/", ",")]) @ prompts.T).argmax()
        assert letters[int(nearest)] == letter


def test_with_the_real_model_moods_outside_the_lexicon_are_placed():
    from songcut.writing.feeling import place_of

    assert place_of("cosy", real_embedder())[0] > 0.1
    assert place_of("in mourning for someone who died", real_embedder())[0] < -0.3
    assert place_of("rampage", real_embedder())[1] > 0.4
