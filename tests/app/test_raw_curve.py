from tlstudio.app.widgets.raw_curve import RawCurve


def test_that_each_strip_keeps_its_lowest_and_highest_point():
    curve = RawCurve(10, strips=2)  # strips 0 … 5 and 5 … 10

    for x, y in ((1, 0.5), (2, 0.1), (3, 0.9), (4, 0.4), (6, 0.7)):
        curve.add(x, y)

    assert curve.points() == [(2, 0.1), (3, 0.9), (6, 0.7)]


def test_that_ten_thousand_points_become_at_most_six_hundred():
    curve = RawCurve(20)

    for place in range(10_000):
        curve.add(place / 500, (place * 7919 % 1000) / 1000)

    assert len(curve.points()) == 600
    assert min(y for _, y in curve.points()) == 0.0
    assert max(y for _, y in curve.points()) == 0.999


def test_that_the_last_point_of_the_axis_belongs_to_the_last_strip():
    curve = RawCurve(10, strips=2)

    curve.add(10, 1.0)

    assert curve.points() == [(10, 1.0)]
