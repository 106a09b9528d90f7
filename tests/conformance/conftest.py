"""The suites are no test modules themselves: pytest is told to explain their assertions too."""

import pytest

pytest.register_assert_rewrite(
    *(
        f"conformance.{name}"
        for name in (
            "beat_tracker",
            "section_finder",
            "transcriber",
            "treatment_writer",
            "clip_generator",
            "embedder",
            "exporter",
        )
    )
)
