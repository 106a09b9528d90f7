from collections import Counter
from fractions import Fraction
from itertools import pairwise, product
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songcut.choosing.ranking import Scoreboard
from songcut.choosing.selection import DEFAULT_WEIGHTS, calibrated, likeness_price, select_takes
from songcut.errors import InputError
from songcut.model.shots import Shot
from songcut.model.takes import Take
from songcut.model.timing import FrameRange

RATE = Fraction(24)


class Case:
    """Shots, takes and a scoreboard that agree with each other."""

    def __init__(self, lengths, durations, semantic, vectors=None, owners=None, flaws=None, proxies=False):
        starts = np.cumsum([0, *lengths[:-1]])
        self.shots = [
            Shot(i, FrameRange(int(s), int(s) + n), 0, f"prompt {i}", "still", 0.5)
            for i, (s, n) in enumerate(zip(starts, lengths, strict=True))
        ]
        owners = owners or [None] * len(durations)
        self.takes = [
            Take(f"t{i}", owner, "g", "", f"caption {i}", f"t{i}.mp4", "", Fraction(d), 64, 36, proxy=proxies)
            for i, (d, owner) in enumerate(zip(durations, owners, strict=True))
        ]
        flaws = flaws or [""] * len(durations)
        usable = np.array(
            [
                [
                    take.duration >= (shot.frames.length - Fraction(1, 2)) / RATE
                    and take.shot in (None, shot.index)
                    and not flaw
                    for take, flaw in zip(self.takes, flaws, strict=True)
                ]
                for shot in self.shots
            ],
            dtype=bool,
        ).reshape(len(self.shots), len(self.takes))
        scores = np.array(semantic, dtype=np.float32).reshape(usable.shape).copy()
        for row, shot in enumerate(self.shots):
            for column, take in enumerate(self.takes):
                if take.shot not in (None, shot.index):
                    scores[row, column] = np.nan
        self.board = Scoreboard(
            shots=tuple(shot.index for shot in self.shots),
            takes=tuple(take.id for take in self.takes),
            semantic=scores,
            usable=usable,
            vectors=np.eye(len(durations), dtype=np.float32) if vectors is None else np.array(vectors, np.float32),
            flaws=tuple(flaws),
            durations=tuple(take.duration for take in self.takes),
            lengths=tuple(shot.frames.length / RATE for shot in self.shots),
            embedder="stub",
            revision="1",
        )

    def select(self, seed=0):
        return select_takes(self.shots, self.takes, self.board, RATE, seed)

    def columns(self, seed=0):
        return [int(each.take[1:]) for each in self.select(seed)]

    def value(self, columns):
        """The film's value as the docstring of SelectionWeights states it, computed plainly; -inf if forbidden."""
        fit, weights, total, shown, used = calibrated(self.board), DEFAULT_WEIGHTS, 0.0, {}, Counter()
        for row, column in enumerate(columns):
            total += fit[row, column] - weights.reuse * used[column]
            if column in shown:
                total -= weights.recency * max(0.0, 1 - (row - shown[column] - 1) / weights.memory)
            if row:
                if columns[row - 1] == column:
                    return -np.inf
                cosine = float(self.board.vectors[columns[row - 1]] @ self.board.vectors[column])
                total -= float(likeness_price(np.array(cosine), weights))
            used[column] += 1
            shown[column] = row
        return total

    def best_value(self):
        return max(self.value(films) for films in product(range(len(self.takes)), repeat=len(self.shots)))


def random_case(seed, shots, takes, owned=False, equal=False):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(takes, 6))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    owners = [i % shots for i in range(takes)] if owned else None
    semantic = np.full((shots, takes), 0.3) if equal else rng.uniform(0, 0.7, (shots, takes))
    return Case([48] * shots, [10] * takes, semantic, vectors, owners)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), shots=st.integers(1, 5), takes=st.integers(2, 5))
def test_small_films_from_footage_are_as_good_as_the_best_of_all_films(seed, shots, takes):
    case = random_case(seed, shots, takes)
    assert case.value(case.columns()) == pytest.approx(case.best_value(), abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), shots=st.integers(2, 4), each=st.integers(1, 2))
def test_small_films_made_to_order_are_as_good_as_the_best_of_all_films(seed, shots, each):
    case = random_case(seed, shots, shots * each, owned=True)
    assert case.value(case.columns()) == pytest.approx(case.best_value(), abs=1e-3)


def test_long_films_made_to_order_reach_the_optimum_of_plain_viterbi():
    case = random_case(7, 120, 120 * 6, owned=True)
    fit, vectors = calibrated(case.board), case.board.vectors
    value = fit[0]
    for row in range(1, 120):
        pair = value[:, None] - likeness_price(vectors @ vectors.T, DEFAULT_WEIGHTS)
        value = fit[row] + pair.max(axis=0)
    assert case.value(case.columns()) == pytest.approx(float(value.max()), abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_laws_hold_for_any_song_and_material(data):
    lengths = data.draw(st.lists(st.integers(1, 200), min_size=1, max_size=14))
    durations = data.draw(
        st.lists(st.fractions(min_value=Fraction(1, 24), max_value=30, max_denominator=1001), min_size=1, max_size=9)
    )
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    flaws = [data.draw(st.sampled_from(["", "", "", "black"])) for _ in durations]
    case = Case(lengths, durations, rng.uniform(-1, 1, (len(lengths), len(durations))), flaws=flaws)
    try:
        selects = case.select()
    except InputError as error:
        assert str(error)
        assert not possible(case)
        return
    assert possible(case)
    assert [each.shot for each in selects] == list(range(len(lengths)))
    for before, after in pairwise(selects):
        assert before.take != after.take
    for shot, select in zip(case.shots, selects, strict=True):
        take = case.takes[int(select.take[1:])]
        assert case.board.rejection(shot.index, take.id) == ""
        assert select.in_point >= 0
        assert select.in_point + (shot.frames.length - Fraction(1, 2)) / RATE <= take.duration
        assert select.reason


def possible(case) -> bool:
    """Whether some film exists: walk the sets of takes that a film so far can end with."""
    ends = None
    for row in case.board.usable:
        choices = set(np.flatnonzero(row).tolist())
        ends = choices if ends is None else {take for take in choices if ends - {take}}
        if not ends:
            return False
    return True


@pytest.mark.parametrize(("shots", "takes"), [(60, 12), (200, 100), (37, 5), (10, 2), (30, 40), (90, 31)])
def test_with_equal_scores_the_material_is_used_fairly(shots, takes):
    case = random_case(3, shots, takes, equal=True)
    uses = Counter(case.columns())
    assert max(uses.values()) <= ceil(shots / takes) + 2
    assert len(uses) >= min(takes, shots) * 0.9


def test_a_take_rests_before_it_is_shown_again():
    columns = random_case(5, 60, 12, equal=True).columns()
    gaps = [b - a for take in set(columns) for a, b in pairwise([i for i, c in enumerate(columns) if c == take])]
    assert min(gaps) >= 5


def test_neighbours_that_look_alike_are_avoided_between_equals():
    alike = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    columns = Case([48] * 4, [10] * 4, np.full((4, 4), 0.5), alike).columns()
    assert all(columns[i] // 2 != columns[i + 1] // 2 for i in range(3))


def test_the_better_take_wins_when_nothing_speaks_against_it():
    case = Case([48] * 3, [10] * 6, np.eye(3, 6) * 0.6 + 0.1)
    assert case.columns() == [0, 1, 2]
    assert case.select()[0].reason == "nearest to the prompt of 6 usable takes (likeness 0.70)"


def test_the_same_seed_gives_the_same_film_and_seeds_differ_between_equals():
    case = random_case(1, 20, 30, equal=True)
    assert case.select(4) == case.select(4)
    assert len(case.select(-1)) == 20
    assert any(case.columns(seed) != case.columns(4) for seed in range(5))


def test_no_usable_take_among_many_reaches_the_film_by_its_score():
    semantic = np.full((30, 40), 0.2)
    semantic[:, :20] = 0.9
    case = Case([48] * 30, [10] * 40, semantic, flaws=["frozen"] * 20 + [""] * 20)
    assert min(case.columns()) >= 20


def test_proxies_are_used_from_their_first_frame():
    case = Case([48] * 3, [4] * 6, np.full((3, 6), 0.4), owners=[0, 0, 1, 1, 2, 2], proxies=True)
    assert [each.in_point for each in case.select()] == [0, 0, 0]


def test_one_usable_clip_for_several_shots_says_that_two_are_needed_and_why():
    case = Case([48] * 3, [10, 10, 1], np.full((3, 3), 0.5), flaws=["", "black", ""])
    with pytest.raises(InputError, match=r"at least two usable clips are needed \(rejected: 1 black, 1 too short\)"):
        case.select()


def test_one_clip_is_enough_for_one_shot():
    assert Case([48], [10], [[0.5]]).columns() == [0]


def test_a_shot_longer_than_every_clip_names_its_length_and_the_remedy():
    case = Case([48, 240, 48], [4, 5], np.full((3, 2), 0.5))
    with pytest.raises(
        InputError, match=r"shot 2 at 0:02 is 10\.0 s long and the longest usable clip has 5\.0 s.*pace"
    ):
        case.select()


def test_two_long_neighbours_with_one_long_clip_name_the_place():
    case = Case([48, 200, 200, 48], [2, 2, 20], np.full((4, 3), 0.5))
    with pytest.raises(InputError, match=r"before and after 0:10 could only show the same clip, t2\.mp4"):
        case.select()


def test_no_clip_usable_at_all_says_why():
    case = Case([48], [10, 10], [[0.5, 0.5]], flaws=["black", "frozen"])
    with pytest.raises(InputError, match=r"no usable take \(rejected: 1 black, 1 frozen\)"):
        case.select()


def test_no_shots_need_no_takes():
    assert select_takes([], [], Case([48], [10], [[0.5]]).board, RATE, 0) == ()
