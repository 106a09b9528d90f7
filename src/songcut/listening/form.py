"""The form of a song: which sections are the same music, and what each is for."""

from collections import Counter

import numpy as np
import scipy.cluster.hierarchy
import scipy.spatial.distance
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Beats of a section are folded onto a phrase of this many, so that sections of unlike length can be compared.
_PHRASE = 16
# Sections nearer than this (1 less the cosine, 0 to 2) are the same music.
_SAME = 0.35
_LONGEST_INTRO = 30.0


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
    return 1 - float(one @ other) / lengths if lengths > 1e-9 else 0.0


def song_functions(names: list[str], energies: list[float], edges: list[float]) -> list[str]:
    """Return each section's function from repetition, energy and place.

    The repeated letter with the most energy is the chorus, the other repeated ones are verses (pre-chorus where one
    always leads into the chorus and another verse exists); what comes once is intro, outro, break, bridge or
    instrumental by its place and energy. Without hearing voices this is a guess, and only that.
    """
    counts = Counter(names)
    chorus = _chorus(names, energies, counts)
    others = [letter for letter in counts if counts[letter] > 1 and letter != chorus]
    functions = []
    for index, letter in enumerate(names):
        if letter == chorus:
            functions.append("chorus")
        elif letter in others:
            functions.append("pre-chorus" if _leads(names, letter, chorus) and letter != others[0] else "verse")
        else:
            functions.append(_single(index, names, energies, edges))
    if len(names) > 2:
        functions[0] = _opening(functions[0], energies, edges)
        functions[-1] = _closing(functions[-1], energies, edges)
    return functions


def _chorus(names: list[str], energies: list[float], counts: Counter[str]) -> str | None:
    """Return the letter of the chorus: repeated and strongest, if it is stronger than the song's average."""
    repeated = [letter for letter, times in counts.items() if times > 1]
    if not repeated or len(counts) == 1:
        return None
    mean = {
        letter: float(np.mean([energy for name, energy in zip(names, energies, strict=True) if name == letter]))
        for letter in repeated
    }
    # The first heard of two equally strong ones is the verse.
    return max(repeated, key=lambda letter: (round(mean[letter], 2), names.index(letter)))


def _leads(names: list[str], letter: str, chorus: str | None) -> bool:
    """Return whether every section of a letter is followed by the chorus."""
    return all(
        index + 1 < len(names) and names[index + 1] == chorus for index, name in enumerate(names) if name == letter
    )


def _single(index: int, names: list[str], energies: list[float], edges: list[float]) -> str:
    """Return the function of music that comes only once."""
    middle = (edges[index] + edges[index + 1]) / 2 / edges[-1]
    if len(names) == 1:
        return "verse"
    if energies[index] < 0.35:
        return "break"
    if middle > 0.5:
        return "bridge"
    return "instrumental" if energies[index] > 0.7 else "verse"


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
