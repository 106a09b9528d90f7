"""Ranking: how well every take shows what every shot asks for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from songcut.choosing.technique import check_picture, shortest_usable
from songcut.errors import MediaError
from songcut.model.shots import Shot
from songcut.model.takes import Take, TakeScore
from songcut.model.timing import exact_time
from songcut.ports import Embedder

# Pictures embedded at once: enough to fill a batch, few enough to forget (96 frames of 320x180 are 17 MB).
_PICTURES_AT_ONCE = 96


@dataclass(frozen=True, eq=False)
class Scoreboard:
    """How all takes did for all shots.

    Attributes
    ----------
    shots
        Index of the shot of each row.
    takes
        Id of the take of each column.
    semantic
        float32, shape (shots, takes): cosine similarity of prompt and take, -1 to 1; NaN where the take was made
        for another shot.
    usable
        bool, same shape: the take may fill the shot.
    vectors
        float32, shape (takes, dimensions): each take's unit vector; zeros where nothing is known of it.
    flaws
        Per take, what makes it useless for any shot (black, frozen, unreadable), or empty.
    durations, lengths
        Seconds of each take and of each shot.
    embedder, revision
        Who judged.
    """

    shots: tuple[int, ...]
    takes: tuple[str, ...]
    semantic: NDArray[np.float32]
    usable: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    flaws: tuple[str, ...]
    durations: tuple[Fraction, ...]
    lengths: tuple[Fraction, ...]
    embedder: str
    revision: str

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {take: column for column, take in enumerate(self.takes)}

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {shot: row for row, shot in enumerate(self.shots)}

    def score(self, shot: int, take: str) -> TakeScore:
        """Return how one take did for one shot.

        Raises
        ------
        KeyError
            If the shot or the take was not scored.
        """
        return self._score(self._rows[shot], self._columns[take])

    def ranking(self, shot: int, count: int | None = None) -> tuple[TakeScore, ...]:
        """Return a shot's takes, usable ones first and each group best first; ``count`` of them or all."""
        row = self._rows[shot]
        judged = np.flatnonzero(~np.isnan(self.semantic[row]))
        order = judged[np.lexsort((judged, -self.semantic[row, judged], ~self.usable[row, judged]))]
        return tuple(self._score(row, int(column)) for column in order[:count])

    def best_scores(self) -> Iterator[TakeScore]:
        """Yield for every take its best score over the shots: one row a take, for ``takes.jsonl``."""
        for column in range(len(self.takes)):
            scores = np.where(np.isnan(self.semantic[:, column]), -np.inf, self.semantic[:, column])
            preferred = np.where(self.usable[:, column], scores + 4.0, scores)
            if len(scores) and np.isfinite(preferred.max()):
                yield self._score(int(preferred.argmax()), column)

    def rejection(self, shot: int, take: str) -> str:
        """Return why a take cannot fill a shot, in a few words, or empty."""
        return self.score(shot, take).rejected

    def _score(self, row: int, column: int) -> TakeScore:
        semantic = float(self.semantic[row, column])
        reason = ""
        if np.isnan(semantic):
            semantic, reason = 0.0, "made for another shot"
        elif not self.usable[row, column]:
            reason = self.flaws[column] or (
                f"too short: {float(self.durations[column]):.1f} s for a shot of {float(self.lengths[row]):.1f} s"
            )
        return TakeScore(take=self.takes[column], shot=self.shots[row], semantic=semantic, rejected=reason)


def score_takes(
    shots: Sequence[Shot],
    takes: Sequence[Take],
    embedder: Embedder,
    frames_of: Callable[[Take], Sequence[NDArray[np.uint8]]],
    rate: Fraction,
) -> Scoreboard:
    """Score every take for every shot that it may fill.

    The score is the cosine of the shot's prompt and the take: its frames' embeddings, averaged and made unit again,
    when the embedder sees pictures, else its caption's. A take made to order is scored for its own shot only. A take
    that nothing is known of (no caption) gets its row's mean: neither liked nor disliked.

    Parameters
    ----------
    frames_of
        Returns frames sampled over a take in order, RGB of shape (height, width, 3), three to five of them; called
        once a take. A MediaError from it makes the take unusable.
    rate
        The film's frames per second.

    Raises
    ------
    BackendError
        If the embedder fails.
    """
    sees = "image" in embedder.modalities
    prompts = _embed_unique([shot.prompt for shot in shots], embedder)
    judged = _Judging(takes, embedder if sees else None, frames_of)
    vectors = judged.vectors if sees else _caption_vectors(takes, embedder)
    semantic = _semantic(prompts, vectors)
    others = _made_for_another(shots, takes)
    semantic[others] = np.nan
    flawless = np.array([not flaw for flaw in judged.flaws], dtype=np.bool_)
    usable = _long_enough(shots, takes, rate) & flawless[None, :] & ~others
    return Scoreboard(
        shots=tuple(shot.index for shot in shots),
        takes=tuple(take.id for take in takes),
        semantic=semantic,
        usable=usable,
        vectors=vectors,
        flaws=judged.flaws,
        durations=tuple(take.duration for take in takes),
        lengths=tuple(exact_time(shot.frames.length, rate) for shot in shots),
        embedder=embedder.name,
        revision=embedder.revision,
    )


class _Judging:
    """One pass over the takes' frames: flaws, and pictures' vectors when an embedder that sees is given."""

    def __init__(
        self,
        takes: Sequence[Take],
        seer: Embedder | None,
        frames_of: Callable[[Take], Sequence[NDArray[np.uint8]]],
    ) -> None:
        self._seer = seer
        self._waiting: list[tuple[int, Sequence[NDArray[np.uint8]]]] = []
        self._pooled: dict[int, NDArray[np.float32]] = {}
        flaws = []
        for column, take in enumerate(takes):
            try:
                frames = frames_of(take)
            except MediaError as error:
                flaws.append(f"unreadable: {error.reason}")
                continue
            flaws.append(check_picture(frames, take))
            if seer is not None and not flaws[-1]:
                self._waiting.append((column, frames))
                if sum(len(each) for _, each in self._waiting) >= _PICTURES_AT_ONCE:
                    self._embed_waiting()
        self._embed_waiting()
        self.flaws = tuple(flaws)
        self.vectors = self._stack(len(takes))

    def _embed_waiting(self) -> None:
        if not self._waiting or self._seer is None:
            return
        rows = self._seer.embed_images([frame for _, frames in self._waiting for frame in frames])
        start = 0
        for column, frames in self._waiting:
            self._pooled[column] = _unit(rows[start : start + len(frames)].mean(axis=0))
            start += len(frames)
        self._waiting.clear()

    def _stack(self, count: int) -> NDArray[np.float32]:
        width = len(next(iter(self._pooled.values()))) if self._pooled else 0
        vectors = np.zeros((count, width), dtype=np.float32)
        for column, row in self._pooled.items():
            vectors[column] = row
        return vectors


def _unit(row: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-12), dtype=np.float32)


def _embed_unique(texts: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    """Embed each different text once; shots of one section share a prompt, and proxies often share a caption."""
    unique = list(dict.fromkeys(texts))
    place = {text: row for row, text in enumerate(unique)}
    rows = np.asarray(embedder.embed_texts(unique), dtype=np.float32)
    return np.asarray(rows[[place[text] for text in texts]], dtype=np.float32) if texts else rows


def _caption_vectors(takes: Sequence[Take], embedder: Embedder) -> NDArray[np.float32]:
    captions = [take.caption.strip() for take in takes]
    vectors = np.array(_embed_unique(captions, embedder), dtype=np.float32)
    vectors[[not caption for caption in captions]] = 0.0
    return vectors


def _semantic(prompts: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    if prompts.size == 0 or vectors.size == 0:
        return np.zeros((len(prompts), len(vectors)), dtype=np.float32)
    scores = np.asarray(np.clip(prompts @ vectors.T, -1.0, 1.0), dtype=np.float32)
    known = vectors.any(axis=1)
    if known.any() and not known.all():
        scores[:, ~known] = scores[:, known].mean(axis=1, keepdims=True)
    return scores


def _made_for_another(shots: Sequence[Shot], takes: Sequence[Take]) -> NDArray[np.bool_]:
    owners = np.array([-1 if take.shot is None else take.shot for take in takes], dtype=np.int64)
    indices = np.array([shot.index for shot in shots], dtype=np.int64)
    return np.asarray((owners[None, :] >= 0) & (owners[None, :] != indices[:, None]), dtype=np.bool_)


def _long_enough(shots: Sequence[Shot], takes: Sequence[Take], rate: Fraction) -> NDArray[np.bool_]:
    """Compare exactly, yet once per different length: Fractions are slow and a film has few lengths."""
    lengths = sorted({shot.frames.length for shot in shots})
    fits = {
        length: np.array([take.duration >= shortest_usable(length, rate) for take in takes], dtype=np.bool_)
        for length in lengths
    }
    rows = [fits[shot.frames.length] for shot in shots]
    return np.stack(rows) if rows else np.zeros((0, len(takes)), dtype=np.bool_)
