"""Prompts choose families, looks, moods and cameras; captions say what was chosen."""

from dataclasses import replace

import pytest

from procedural_orders import an_order
from songcut.model.treatment import Colour
from songcut.shooting.procedural.camera import MOVES, move_in_words, pace_in_words
from songcut.shooting.procedural.choice import Chooser, caption
from songcut.shooting.procedural.families import FAMILIES
from songcut.shooting.procedural.palette import mix_inks, plain_name
from songcut.shooting.procedural.recipe import Recipe, recipe_from
from stub_embedder import StubEmbedder

# Words that the descriptors themselves use: what a bag of words can find.
PLAIN = [
    ("the open sea and ocean waves", "water"),
    ("mountains and hills on the horizon", "horizon"),
    ("city lights and neon signs", "city"),
    ("a nebula and galaxies", "stars"),
    ("the northern lights, aurora", "aurora"),
    ("fire and flames burning", "fire"),
    ("fireflies, glowing particles", "flow"),
    ("ink swirling in water", "ink"),
    ("an endless tunnel", "passage"),
    ("a kaleidoscope, a mandala", "mandala"),
]


def choose(prompt: str, number: int = 0, camera: str = "") -> Recipe:
    return Chooser().choose([an_order(prompt=prompt, number=number, camera=camera)], StubEmbedder())[0]


@pytest.mark.parametrize(("prompt", "family"), PLAIN)
def test_a_plain_prompt_finds_its_family(prompt: str, family: str) -> None:
    assert choose(prompt).family == family


def test_takes_of_one_shot_differ_usefully() -> None:
    recipes = [choose("the open sea at night", number) for number in range(6)]
    assert recipes[0].family == recipes[1].family == "water"
    assert len({(each.family, each.look) for each in recipes}) == 6
    assert len({each.family for each in recipes}) == 3


def test_every_look_of_every_family_can_be_had() -> None:
    count = 2 * len(FAMILIES) * 2
    found = {(each.family, each.look) for each in (choose("anything", number) for number in range(count))}
    assert found == {(family.name, look.name) for family in FAMILIES for look in family.looks}


def test_texts_are_embedded_in_one_batch_and_kept() -> None:
    class Counting(StubEmbedder):
        def __init__(self) -> None:
            super().__init__(images=False)
            self.batches: list[int] = []

        def embed_texts(self, texts):
            self.batches.append(len(texts))
            return super().embed_texts(texts)

    embedder, chooser = Counting(), Chooser()
    orders = [an_order(prompt=prompt, number=number) for prompt in ("rain", "snow") for number in range(3)]
    chooser.choose(orders, embedder)
    chooser.choose(orders, embedder)
    assert len(embedder.batches) == 2
    assert embedder.batches[1] <= 3


def test_an_empty_prompt_still_gets_a_recipe() -> None:
    assert choose("").family in {family.name for family in FAMILIES}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("slow push in", "push in"),
        ("Pull back to reveal the whole town", "pull out"),
        ("steady glide forward", "drift"),
        ("handheld, walking pace", "handheld"),
        ("locked off, perfectly still", "static"),
        ("spinning orbit", "orbit"),
        ("slow rise over the edge of the frame", "rise"),
        ("whip pan", "pan"),
        ("fly through the clouds", "fly through"),
    ],
)
def test_camera_words_are_understood(text: str, name: str) -> None:
    found = move_in_words(text)
    assert found is not None
    assert found.name == name


def test_a_camera_without_known_words_goes_by_likeness() -> None:
    # Shares most words with the sentence of "pull out", and none of its key words.
    assert move_in_words("the view of the camera") is None
    assert choose("sea", camera="the view of the camera") in [
        replace(choose("sea"), camera=move.name) for move in MOVES
    ]


def test_pace_is_heard() -> None:
    assert pace_in_words("very slow push in") < pace_in_words("push in") < pace_in_words("fast push forward")


def test_a_recipe_survives_the_settings() -> None:
    recipe = Recipe("ink", "velvet smoke", "orbit", 1.9, -0.31, 0.07, 0.99)
    assert recipe_from(recipe.settings()) == recipe
    with pytest.raises(ValueError, match="lack 'look'"):
        recipe_from((("family", "ink"),))


def test_a_caption_says_camera_subject_colours_and_mood() -> None:
    order = replace(an_order(), palette=(Colour("x", "#0c1530"), Colour("y", "#f2a93b")))
    said = caption(order, Recipe("water", "moonlit sea", "push in", 1.0, -0.8, -0.8, 0.0))
    assert said.startswith("Slow push in: the open sea at night with moonlight")
    for part in ("amber", "night blue", "dim light", "calm motion"):
        assert part in said
    lively = caption(order, Recipe("water", "rough sea", "push in", 1.9, 0.8, 0.1, 0.0))
    assert lively.startswith("Fast push in")
    assert "restless motion" in lively
    assert "light," not in lively


@pytest.mark.parametrize(
    ("colour", "name"),
    [("#ff0000", "red"), ("#ffffff", "white"), ("#0b1430", "night blue"), ("#e0a458", "amber"), ("#128080", "teal")],
)
def test_colours_have_plain_names(colour: str, name: str) -> None:
    assert plain_name(colour) == name


def test_the_ramp_rises_from_dark_to_light_whatever_the_palettes_order() -> None:
    colours = [Colour("", each) for each in ("#f4e3c1", "#0b1430", "#e0a458", "#1d3b6e")]
    inks = mix_inks(colours)
    luminance = inks.ramp.T @ [0.2126, 0.7152, 0.0722]
    assert (luminance[1:] - luminance[:-1]).min() > -1e-4
    assert luminance[0] < 0.02
    assert luminance[-1] > 0.5
    assert (mix_inks(colours[::-1]).ramp == inks.ramp).all()


@pytest.mark.slow
def test_the_bundled_model_finds_families_of_subjects_people_sing_about() -> None:
    """Top 1 of the families on plain prompts that do not quote the descriptors."""
    from real_embedder import real_embedder

    asked = [
        ("ocean waves crashing", "water"),
        ("moonlight on the lake", "water"),
        ("sailing across the blue water", "water"),
        ("mountains at sunset", "horizon"),
        ("a misty forest of pine trees", "horizon"),
        ("the sun rising over the hills", "horizon"),
        ("driving down the highway at night", "city"),
        ("rain on the neon streets", "city"),
        ("a dance club downtown", "city"),
        ("the milky way overhead", "stars"),
        ("travelling through the galaxy", "stars"),
        ("northern lights over snow", "aurora"),
        ("a burning house on fire", "fire"),
        ("flames of passion", "fire"),
        ("fireflies in the summer night", "flow"),
        ("golden threads blowing in the wind", "flow"),
        ("a fading dream", "ink"),
        ("storm clouds gathering", "ink"),
        ("falling through an endless tunnel", "passage"),
        ("kaleidoscope of colours", "mandala"),
    ]
    orders = [an_order(prompt=prompt) for prompt, _ in asked]
    recipes = Chooser().choose(orders, real_embedder())
    right = sum(recipe.family == family for recipe, (_, family) in zip(recipes, asked, strict=True))
    assert right >= 18


@pytest.mark.slow
def test_the_bundled_model_hears_moods() -> None:
    from real_embedder import real_embedder

    prompts = ["a violent furious storm", "a calm still evening", "a black night in shadow", "bright sunshine at noon"]
    wild, calm, dark, bright = Chooser().choose([an_order(prompt=each) for each in prompts], real_embedder())
    assert wild.motion > 0.4 > -0.4 > calm.motion
    assert bright.light > 0.4 > -0.4 > dark.light
