"""The form of a song: which sections are the same music, and what each is for."""

from collections import Counter

import numpy as np
import scipy.cluster.hierarchy
import scipy.spatial.distance
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Beats of a section are folded onto a phrase of this many, so that sections of unlike length can be compared.
_PHRASE = 16
# Sections nearer than this (1 less the cosine, 0 to 2) are the same music: annotated repeats lie at 0.05 to 0.75, other
# pairs mostly beyond 0.8.
_SAME = 0.7
_LONGEST_INTRO = 30.0
_LONGEST_PRE_CHORUS = 16.0
# Energies below and above which a section is a break, or played rather than sung; bridges come after this part.
_QUIET, _STRONG = 0.3, 0.9
_LATE = 0.5


def letters(starts: Floats, rows: Floats, edges: list[float]) -> list[str]:
    """Return a letter for each section, A first; sections of the same music have the same letter.

    Sections are compared by their features folded onto four bars (so that the order of chords counts) and clustered
    by average linkage.

    Parameters
    ----------
    starts, rows
        The song's beats: start in seconds, shape (beats,), and features, shape (beats, columns).
    edges
        Section boundaries in seconds with 0 and the song's end.
    """
    count = len(edges) - 1
    if count == 1:
        return ["A"]
    shapes = np.array([_folded(rows[_span(starts, edges[i], edges[i + 1])]) for i in range(count)])
    distances = scipy.spatial.distance.pdist(shapes, _distance)
    groups = scipy.cluster.hierarchy.fcluster(
        scipy.cluster.hierarchy.linkage(distances, method="average"), _SAME, criterion="distance"
    )
    order: dict[int, str] = {}
    return [order.setdefault(int(group), letter_name(len(order))) for group in groups]


def letter_name(index: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    name = ""
    index += 1
    while index:
        index, place = divmod(index - 1, 26)
        name = chr(ord("A") + place) + name
    return name


def _span(starts: Floats, start: float, end: float) -> slice:
    first = int(np.searchsorted(starts, start - 1e-6))
    return slice(min(first, len(starts) - 1), max(int(np.searchsorted(starts, end - 1e-6)), first + 1))


def _folded(rows: Floats) -> Floats:
    """Average the rows at each place of the phrase; places that the section does not reach take its mean."""
    phrase = np.tile(rows.mean(axis=0), (_PHRASE, 1))
    for place in range(min(_PHRASE, len(rows))):
        phrase[place] = rows[place::_PHRASE].mean(axis=0)
    return phrase.ravel()


def _distance(one: Floats, other: Floats) -> float:
    """Return 1 less the cosine; two sections without any character (silence) are the same."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return max(0.0, 1 - float(one @ other) / lengths) if lengths > 1e-9 else 0.0


def song_functions(names: list[str], energies: list[float], edges: list[float]) -> list[str]:
    """Return each section's function from repetition, energy and place.

    The repeated letter with the most energy is the chorus. Other repeated ones are breaks if quiet beside another
    verse, pre-choruses if short and always before the chorus, else verses. What comes once is intro, outro, break,
    bridge, instrumental or verse by its place and energy. Without hearing voices this is a guess, and only that.
    """
    counts = Counter(names)
    chorus = _chorus(names, energies, counts)
    functions: list[str] = []
    for index, letter in enumerate(names):
        if letter == chorus:
            functions.append("chorus")
        elif counts[letter] > 1:
            functions.append(_repeated(letter, chorus, names, energies, edges))
        else:
            functions.append(_single(index, functions, energies, edges))
    if len(names) > 2:
        functions[0] = _opening(functions[0], energies, edges)
        functions[-1] = _closing(functions[-1], energies, edges)
    return functions


def _chorus(names: list[str], energies: list[float], counts: Counter[str]) -> str | None:
    """Return the letter of the chorus, the repeated one with the most energy; None where nothing contrasts with it."""
    repeated = [letter for letter, times in counts.items() if times > 1]
    if not repeated or len(counts) == 1:
        return None
    # The first heard of two equally strong ones is the verse.
    return max(repeated, key=lambda letter: (round(_mean(letter, names, energies), 2), names.index(letter)))


def _mean(letter: str, names: list[str], values: list[float]) -> float:
    """Return the mean of the values of a letter's sections."""
    return float(np.mean([value for name, value in zip(names, values, strict=True) if name == letter]))


def _repeated(letter: str, chorus: str | None, names: list[str], energies: list[float], edges: list[float]) -> str:
    """Return the function of music that comes back and is not the chorus."""
    verses = {name for name in names if names.count(name) > 1 and name not in (letter, chorus)}
    if verses and _mean(letter, names, energies) < _QUIET:
        return "break"
    places = [index for index, name in enumerate(names) if name == letter]
    leads = all(index + 1 < len(names) and names[index + 1] == chorus for index in places)
    short = _mean(letter, names, [float(length) for length in np.diff(edges)]) <= _LONGEST_PRE_CHORUS
    return "pre-chorus" if leads and short and places[0] > 0 else "verse"


def _single(index: int, before: list[str], energies: list[float], edges: list[float]) -> str:
    """Return the function of music that comes only once, after sections of the given functions."""
    if len(energies) == 1:
        return "verse"
    if energies[index] < _QUIET:
        return "break"
    late = (edges[index] + edges[index + 1]) / 2 > _LATE * edges[-1]
    if late and "chorus" in before and "bridge" not in before:
        return "bridge"
    return "instrumental" if energies[index] > _STRONG else "verse"


def _opening(function: str, energies: list[float], edges: list[float]) -> str:
    """Return intro for a first section that is short, or clearly quieter than the song."""
    short = edges[1] <= min(_LONGEST_INTRO, 0.2 * edges[-1])
    quiet = energies[0] < float(np.median(energies)) - 0.1
    return "intro" if short and (quiet or function != "chorus") else function


def _closing(function: str, energies: list[float], edges: list[float]) -> str:
    """Return outro for a last section that is short and quieter than the one before."""
    short = edges[-1] - edges[-2] <= min(_LONGEST_INTRO, 0.2 * edges[-1])
    quiet = energies[-1] < energies[-2] - 0.1
    return "outro" if short and (quiet or function not in ("chorus", "verse")) else function
