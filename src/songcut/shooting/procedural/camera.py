"""How the camera moves: named moves, found in the shot's words, as paths over the shot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Move:
    """A camera move; its rates are per second of travel.

    Attributes
    ----------
    words
        Any of these in the shot's camera text means this move.
    sentence
        What the text is compared with when none of the words is in it.
    caption
        How a caption says it.
    push, pan, lift, roll
        Forward, right, up in scene units; radians.
    shake
        Strength of a hand that holds the camera.
    mirrored
        Whether the seed may turn pan and roll around.
    """

    name: str
    words: tuple[str, ...]
    sentence: str
    caption: str
    push: float = 0.0
    pan: float = 0.0
    lift: float = 0.0
    roll: float = 0.0
    shake: float = 0.0
    mirrored: bool = True


@dataclass(frozen=True, eq=False)
class CameraPath:
    """Where the camera is at each frame, float64, all of shape (frames,)."""

    push: NDArray[np.float64]
    pan: NDArray[np.float64]
    lift: NDArray[np.float64]
    roll: NDArray[np.float64]


# The first whose words fit wins, so the more particular come first.
MOVES = (
    Move(
        "handheld",
        ("handheld", "hand-held", "shak", "jitter", "restless"),
        "a restless handheld camera",
        "handheld camera",
        push=0.05,
        shake=1.0,
    ),
    Move(
        "orbit",
        ("orbit", "circle", "circling", "rotat", "spin", "spiral", "around", "roll"),
        "the camera orbits and turns around the subject",
        "orbit",
        push=0.05,
        pan=0.03,
        roll=0.055,
    ),
    Move(
        "pull out",
        ("pull out", "pull-out", "pull back", "pull-back", "pulling", "zoom out", "widen", "retreat", "back away"),
        "the camera pulls back and the view widens",
        "pull out",
        push=-0.13,
        pan=0.01,
    ),
    Move(
        "fly through",
        ("fly", "flight", "through", "rush", "race", "racing", "zoom-through", "plunge", "dive", "hurtl"),
        "the camera flies fast through the scene",
        "flight",
        push=0.32,
        roll=0.012,
    ),
    Move(
        "push in",
        ("push", "zoom in", "dolly in", "closer", "forward", "toward", "approach", "creep", "advance"),
        "the camera slowly pushes in towards the subject",
        "push in",
        push=0.13,
        pan=0.008,
    ),
    Move(
        "pan",
        ("pan", "sweep", "swing", "whip"),
        "the camera pans across the view",
        "pan",
        pan=0.16,
        push=0.02,
    ),
    Move(
        "rise",
        ("rise", "rising", "crane", "lift", "climb", "tilt up", "ascend", "soar"),
        "the camera rises on a crane",
        "rising camera",
        lift=0.05,
        push=0.05,
    ),
    Move(
        "drift",
        ("drift", "float", "glid", "track", "slide", "dolly", "lateral", "wander"),
        "the camera drifts gently sideways",
        "sideways drift",
        pan=0.07,
        push=0.03,
        lift=0.004,
    ),
    Move(
        "static",
        ("static", "still", "locked", "fixed", "tripod", "unmoving"),
        "a static locked-off camera that does not move",
        "static camera",
        push=0.012,
    ),
)


def move_named(name: str) -> Move:
    """Return the move of a name that is in ``MOVES``."""
    return next(move for move in MOVES if move.name == name)


def move_in_words(text: str) -> Move | None:
    """Return the move whose word comes first in a camera text, or None."""
    lowered = text.lower()
    found = [
        (place, order, move)
        for order, move in enumerate(MOVES)
        for word in move.words
        if (place := lowered.find(word)) >= 0
    ]
    return min(found, key=lambda each: each[:2])[2] if found else None


# Words that quicken or slow a move, and by how much.
_PACES = (
    (("very slow", "barely", "imperceptibl"), 0.55),
    (("fast", "quick", "whip", "rapid", "spinning", "running", "rushing", "sudden"), 1.9),
)


def pace_in_words(text: str) -> float:
    """Return how fast a camera text wants its move, 1 being a calm pace."""
    lowered = text.lower()
    return next((pace for words, pace in _PACES if any(word in lowered for word in words)), 1.0)


def spoken(move: Move, pace: float) -> str:
    """Return how a caption names a move at a pace."""
    if move.name in ("static", "handheld"):
        return move.caption
    return f"{'fast' if pace > 1.3 else 'very slow' if pace < 0.8 else 'slow'} {move.caption}"


def fly(move: Move, travel: NDArray[np.float64], seed: int) -> CameraPath:
    """Lay the move's path over the shot.

    Parameters
    ----------
    travel
        Seconds of motion at each frame, from 0.
    seed
        Mirrors the move and moves the hand.
    """
    random = np.random.Generator(np.random.Philox([seed, 77]))
    side = random.choice([-1.0, 1.0]) if move.mirrored else 1.0
    strength = random.uniform(0.85, 1.2)
    phases = random.uniform(0, 2 * np.pi, (3, 3))
    # A camera is never quite still: a slow breath for every move, a stronger and quicker one in the hand.
    swings = np.sin(travel[None, None, :] * _SPEEDS[None, :, None] + phases[:, :, None])
    hand = (swings / _WEIGHTS[None, :, None]).sum(axis=1)
    breath = 0.004 + 0.016 * move.shake
    return CameraPath(
        push=strength * move.push * travel,
        pan=side * strength * move.pan * travel + breath * hand[0],
        lift=strength * move.lift * travel + breath * hand[1],
        roll=side * strength * move.roll * travel + 0.35 * breath * hand[2],
    )


_SPEEDS = np.array([0.9, 2.3, 5.1])
_WEIGHTS = np.array([1.0, 1.8, 4.5])
