from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from songcut.choosing.ranking import score_takes
from songcut.errors import MediaError
from songcut.model.shots import Shot
from songcut.model.takes import Take
from songcut.model.timing import FrameRange
from stub_embedder import StubEmbedder

RATE = Fraction(24)


def shot(index: int, prompt: str, frames: int = 48) -> Shot:
    return Shot(index, FrameRange(index * 1000, index * 1000 + frames), 0, prompt, "still", 0.5)


def take(name: str, caption: str, owner: int | None = None, duration: int = 10) -> Take:
    return Take(name, owner, "footage", "", caption, f"{name}.mp4", "", Fraction(duration), 64, 36)


def moving(colour: tuple[int, int, int]) -> list[np.ndarray]:
    """Three frames of a colour with something in them that moves."""
    frames = [np.full((36, 64, 3), colour, dtype=np.uint8) for _ in range(3)]
    for step, frame in enumerate(frames):
        frame[step * 4 : step * 4 + 4] = 255 - frame[0, 0]
    return frames


def grey(_: Take) -> list[np.ndarray]:
    return moving((90, 90, 90))


class CountingEmbedder(StubEmbedder):
    def __init__(self, images: bool = False) -> None:
        super().__init__(images)
        self.texts: list[str] = []

    def embed_texts(self, texts):
        self.texts.extend(texts)
        return super().embed_texts(texts)


def test_by_caption_the_take_that_says_the_prompt_scores_highest():
    shots = [shot(0, "waves on a beach"), shot(1, "a city at night")]
    takes = [take("sea", "beach and waves"), take("town", "city night"), take("cow", "a cow")]
    board = score_takes(shots, takes, StubEmbedder(images=False), grey, RATE)
    assert board.semantic.argmax(axis=1).tolist() == [0, 1]
    assert board.score(0, "sea").semantic == pytest.approx(1.0)
    assert board.usable.all()


def test_by_picture_when_the_embedder_sees():
    shots = [shot(0, "red"), shot(1, "blue")]
    takes = [take("a", "blue"), take("b", "red")]  # captions that lie: pictures decide
    colours = {"a": (250, 0, 0), "b": (0, 0, 250)}
    board = score_takes(shots, takes, StubEmbedder(), lambda t: moving(colours[t.id]), RATE)
    assert [row.take for row in (board.ranking(0)[0], board.ranking(1)[0])] == ["a", "b"]
    assert np.allclose(np.linalg.norm(board.vectors, axis=1), 1.0)


def test_a_take_made_to_order_is_judged_for_its_own_shot_only():
    shots = [shot(0, "waves"), shot(1, "waves")]
    takes = [take("first", "waves", owner=0), take("second", "waves", owner=1), take("any", "waves")]
    board = score_takes(shots, takes, StubEmbedder(images=False), grey, RATE)
    assert np.isnan(board.semantic).tolist() == [[False, True, False], [True, False, False]]
    assert board.usable.tolist() == [[True, False, True], [False, True, True]]
    assert board.rejection(1, "first") == "made for another shot"


def test_every_text_is_embedded_once_and_every_take_read_once():
    embedder = CountingEmbedder()
    read: list[str] = []

    def frames_of(each: Take) -> list[np.ndarray]:
        read.append(each.id)
        return grey(each)

    shots = [shot(i, "waves") for i in range(6)]
    takes = [take(f"t{i}", "sea" if i % 2 else "sand") for i in range(8)]
    score_takes(shots, takes, embedder, frames_of, RATE)
    assert sorted(embedder.texts) == ["sand", "sea", "waves"]
    assert read == [each.id for each in takes]


def test_flaws_and_lengths_make_takes_unusable_and_say_why():
    def frames_of(each: Take) -> list[np.ndarray]:
        if each.id == "broken":
            raise MediaError(each.path, "it ends in the middle")
        return [np.zeros((36, 64, 3), dtype=np.uint8)] * 3 if each.id == "black" else grey(each)

    takes = [take("black", "sea"), take("broken", "sea"), take("short", "sea", duration=1), take("good", "sea")]
    board = score_takes([shot(0, "sea")], takes, StubEmbedder(images=True), frames_of, RATE)
    assert board.usable.tolist() == [[False, False, False, True]]
    assert [board.rejection(0, each.id) for each in takes] == [
        "black",
        "unreadable: it ends in the middle",
        "too short: 1.0 s for a shot of 2.0 s",
        "",
    ]
    assert board.ranking(0)[0].take == "good"


def test_a_take_without_a_caption_is_neither_liked_nor_disliked():
    takes = [take("sea", "the sea"), take("cow", "a cow"), take("nameless", " ")]
    board = score_takes([shot(0, "the sea")], takes, StubEmbedder(images=False), grey, RATE)
    sea, cow, nameless = board.semantic[0]
    assert cow < nameless < sea


def test_best_scores_gives_one_row_a_take_and_prefers_usable_shots():
    shots = [shot(0, "the sea", frames=480), shot(1, "a cow")]
    takes = [take("sea", "the sea", duration=5), take("cow", "a cow", duration=30)]
    rows = {row.take: row for row in score_takes(shots, takes, StubEmbedder(images=False), grey, RATE).best_scores()}
    assert (rows["cow"].shot, rows["sea"].shot) == (1, 1)
    assert rows["sea"].rejected == ""


def test_scores_do_not_depend_on_how_takes_are_batched():
    shots = [shot(0, "red"), shot(1, "green")]
    takes = [take(f"t{i}", "") for i in range(70)]  # 210 pictures: more than are embedded at once
    colours = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]

    def frames_of(each: Take) -> list[np.ndarray]:
        return moving(colours[int(each.id[1:]) % 3])

    board = score_takes(shots, takes, StubEmbedder(), frames_of, RATE)
    alone = score_takes(shots, takes[4:5], StubEmbedder(), frames_of, RATE)
    assert np.array_equal(board.semantic[:, 4], alone.semantic[:, 0])
    assert (board.semantic[0, ::3] > 0.9).all()


def test_no_takes_and_no_shots_give_empty_boards():
    assert score_takes([shot(0, "sea")], [], StubEmbedder(images=False), grey, RATE).semantic.shape == (1, 0)
    assert score_takes([], [take("a", "b")], StubEmbedder(images=False), grey, RATE).semantic.shape == (0, 1)
    assert score_takes([], [take("a", "b")], StubEmbedder(), grey, RATE).usable.shape == (0, 1)


def test_all_takes_unreadable_by_an_embedder_that_sees():
    def frames_of(each: Take) -> list[np.ndarray]:
        raise MediaError(each.path, "not a video")

    board = score_takes([shot(0, "sea")], [replace(take("a", "b"))], StubEmbedder(), frames_of, RATE)
    assert not board.usable.any()
    assert board.rejection(0, "a") == "unreadable: not a video"
