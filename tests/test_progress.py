from songcut.progress import Estimate, StageCost


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def estimate(*costs):
    clock = Clock()
    made = Estimate((), clock)
    made.replan(tuple(StageCost(*cost) for cost in costs))
    return made, clock


def test_the_plan_is_the_estimate_until_something_is_known():
    left, clock = estimate(("listen", 10.0), ("render", 30.0))
    left.begin("listen")
    assert left.seconds_left(0, 0) == 40.0
    clock.now += 4
    assert left.seconds_left(0, 0) == 36.0


def test_a_stage_predicts_its_own_rest():
    left, clock = estimate(("shoot", 10.0), ("render", 30.0))
    left.begin("shoot")
    clock.now += 20
    assert left.seconds_left(50, 100) == 20.0 + 30.0


def test_a_slow_machine_stretches_what_is_to_come():
    left, clock = estimate(("shoot", 10.0), ("render", 30.0))
    left.begin("shoot")
    clock.now += 20
    left.begin("render")
    assert left.seconds_left(0, 100) == 60.0


def test_stages_that_ended_are_not_planned_again():
    left, clock = estimate(("listen", 10.0), ("render", 30.0))
    left.begin("listen")
    clock.now += 10
    left.begin("render")
    left.replan((StageCost("listen", 99.0), StageCost("render", 50.0)))
    assert left.seconds_left(0, 0) == 50.0


def test_the_estimate_is_never_negative():
    left, clock = estimate(("listen", 1.0))
    left.begin("listen")
    clock.now += 60
    assert left.seconds_left(0, 0) == 0
