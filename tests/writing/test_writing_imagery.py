import re

import numpy as np
import pytest

from songcut.model.analysis import FUNCTIONS, Mood
from songcut.writing.feeling import film_feeling, nearest_word, place_of
from songcut.writing.imagery import language, looks, mood_words, worlds
from stub_embedder import StubEmbedder


def all_picture_texts() -> list[str]:
    texts = [text for world in worlds() for text in (world.motif, world.texture, *world.shots)]
    for levels in language().moments.values():
        texts += [*levels.low, *levels.middle, *levels.high]
    for kind in language().variations.values():
        texts += kind
    return texts + [look.style for look in looks()]


def test_the_vocabulary_holds_at_least_250_different_shots_in_60_worlds():
    shots = [shot for world in worlds() for shot in world.shots]
    assert len(worlds()) >= 60 and len(shots) >= 250
    assert len(set(shots)) == len(shots)
    assert len({world.name for world in worlds()}) == len({world.motif for world in worlds()}) == len(worlds())


def test_worlds_cover_the_whole_plane_of_mood():
    points = np.array([[world.valence, world.arousal] for world in worlds()])
    assert np.abs(points).max() <= 1
    for valence in (-0.6, 0.0, 0.6):
        for arousal in (-0.5, 0.0, 0.7):
            assert np.linalg.norm(points - [valence, arousal], axis=1).min() < 0.4


@pytest.mark.parametrize(
    "subject",
    re.findall(
        r"\w+",
        "tunnel ink cloud forest kaleidoscope star nebula ribbon mountain dune moon "
        "wave city aurora rain ember snow fire",
    ),
)
def test_what_the_procedural_scenes_can_show_is_in_the_vocabulary(subject):
    assert sum(subject in f"{world.motif} {' '.join(world.shots)}".lower() for world in worlds()) >= 1


def test_no_word_of_music_is_in_any_picture():
    words = language().music_words
    for text in all_picture_texts():
        lowered = text.lower()
        for word in words:
            assert not re.search(rf"\b{re.escape(word)}\b", lowered), f"{word!r} in {text!r}"


def test_every_section_function_has_its_moments():
    assert set(language().moments) == set(FUNCTIONS)
    assert all(levels.at(x) for levels in language().moments.values() for x in (0.0, 0.5, 1.0))


def test_shots_and_places_fit_into_sentences():
    for world in worlds():
        assert world.name.startswith("the ")
        for text in (world.place, world.light, world.feeling, *world.shots):
            assert (text == text.strip() and text[-1] not in ".,;:" and text[0].islower()) or text[0].isdigit()
        assert world.texture[0].isupper() and world.texture[-1] not in ".,;"
        assert len(world.shots) >= 4


def test_what_was_heard_decides_the_feeling_without_a_brief():
    feeling = film_feeling(Mood(-0.4, 0.3, ("tense", "rhythmic", "dark")), None, StubEmbedder())
    assert (feeling.valence, feeling.arousal, feeling.given) == (-0.4, 0.3, False)
    assert feeling.words == ("tense", "dark")  # no word of music


def test_what_the_user_says_of_mood_wins():
    feeling = film_feeling(Mood(-0.8, -0.8, ("sad",)), "furious.", StubEmbedder())
    assert feeling.words == ("furious",) and feeling.given
    assert feeling.valence < -0.5 and feeling.arousal > 0.8


def test_moods_that_the_lexicon_knows_lie_where_it_says():
    assert place_of("joyful and peaceful", StubEmbedder()) == pytest.approx(((0.85 + 0.55) / 2, (0.5 - 0.8) / 2))


def test_nearest_word_avoids_what_was_said():
    first = nearest_word(-0.6, -0.5)
    assert first == "melancholy"
    assert nearest_word(-0.6, -0.5, avoiding=(first,)) != first


def test_mood_words_stand_once():
    words = [word for entry in mood_words() for word in entry.words]
    assert len(words) == len(set(words))
