from dataclasses import replace
from fractions import Fraction

import pytest

from songcut.model.analysis import Beat, BeatGrid, EnergyCurve, Mood, Section, SongAnalysis
from songcut.model.shots import Shot, ShotList
from songcut.model.takes import PictureFormat
from songcut.model.timing import FrameRange
from songcut.model.treatment import Colour, SectionPrompt, Treatment
from songcut.shooting.orders import letter_palette, order_takes

RATE = Fraction(24)
PICTURE = PictureFormat(64, 36, RATE)
ANALYSIS = SongAnalysis(
    4.0, 120.0, BeatGrid((Beat(0.5, 1), Beat(1.0, 2))),
    (Section(0, 2, "A", "verse", 0.2), Section(2, 4, "B", "chorus", 0.9)),
    EnergyCurve(1.0, (0.0, 0.2, 0.5, 0.8, 1.0)), (), "C major", Mood(0, 0, ()),
)  # fmt: skip
COLOURS = tuple(
    Colour(name, value)
    for name, value in [
        ("ink", "#101010"), ("red", "#c02020"), ("blue", "#2040c0"), ("green", "#20a040"), ("rose", "#d070a0"),
        ("bone", "#f0f0e0"),
    ]
)  # fmt: skip
TREATMENT = Treatment(
    "c", "s", COLOURS,
    (SectionPrompt(1, 0, "A", "verse", "m", "a lake", ("wide", "close", "low")),
     SectionPrompt(2, 2, "B", "chorus", "n", "a fire")),
)  # fmt: skip
SHOTS = ShotList(
    RATE,
    tuple(
        Shot(i, FrameRange(24 * i, 24 * i + 24), i // 2, ("a lake", "a fire")[i // 2], "static", 0.5) for i in range(4)
    ),
)


def orders(shots=SHOTS, treatment=TREATMENT, picture=PICTURE, generator="g", takes=3, seed=0):
    return order_takes(shots, treatment, ANALYSIS, picture, generator=generator, takes_a_shot=takes, seed=seed)


def ids(*args, **kwargs):
    return [order.id for order in orders(*args, **kwargs)]


def test_there_is_an_order_for_every_take_of_every_shot():
    made = orders()
    assert [(order.shot.index, order.number) for order in made] == [(s, n) for s in range(4) for n in range(3)]
    assert len(set(ids())) == 12
    assert len({order.seed for order in made}) == 12


def test_the_same_call_gives_the_same_ids():
    assert ids() == ids()


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"generator": "h"},
        {"picture": PictureFormat(128, 72, RATE)},
        {"treatment": replace(TREATMENT, style="t")},
    ],
)
def test_what_decides_every_take_changes_every_id(change):
    assert not set(ids()) & set(ids(**change))


def test_more_takes_keep_those_there_are():
    assert set(ids()) < set(ids(takes=5))


def test_a_changed_prompt_changes_its_shots_alone():
    changed = replace(SHOTS, shots=(*SHOTS.shots[:3], replace(SHOTS.shots[3], prompt="a storm")))
    assert ids()[:9] == ids(changed)[:9]
    assert not set(ids()[9:]) & set(ids(changed)[9:])


def test_takes_differ_by_the_sections_variations():
    by_shot = [[order.variation for order in orders() if order.shot.index == s] for s in range(4)]
    assert sorted(by_shot[0]) == sorted(by_shot[1]) == ["close", "low", "wide"]
    assert by_shot[0] != by_shot[1]
    assert by_shot[2] == ["", "", ""]
    assert orders()[0].full_prompt == "a lake wide"


def test_each_order_carries_the_music_of_its_shot():
    made = orders(takes=1)
    assert all(len(order.music) == 24 for order in made)
    assert made[0].music.beat[12] == pytest.approx(1.0)
    assert made[3].music.energy.mean() > made[0].music.energy.mean()


def test_letters_share_dark_and_light_and_differ_between():
    palettes = [letter_palette(COLOURS, place) for place in range(4)]
    assert all({COLOURS[0], COLOURS[5]} <= set(palette) and len(palette) == 4 for palette in palettes)
    assert len(set(palettes)) == 4
    made = orders(takes=1)
    assert made[0].palette == made[1].palette != made[2].palette


def test_a_small_palette_is_used_whole():
    assert letter_palette(COLOURS[:4], 3) == COLOURS[:4]
