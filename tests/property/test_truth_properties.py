"""Kleene's logic, held to its tables and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketaprogram.truth import FALSE, TRUE, UNKNOWN, Truth, all_of, any_of, not_, truth

truths = st.sampled_from(Truth)
lists = st.lists(truths, max_size=6)

# Strong Kleene conjunction, row by row.
AND = {
    (TRUE, TRUE): TRUE, (TRUE, FALSE): FALSE, (TRUE, UNKNOWN): UNKNOWN,
    (FALSE, TRUE): FALSE, (FALSE, FALSE): FALSE, (FALSE, UNKNOWN): FALSE,
    (UNKNOWN, TRUE): UNKNOWN, (UNKNOWN, FALSE): FALSE, (UNKNOWN, UNKNOWN): UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize(("pair", "result"), AND.items())
def test_the_table_of_and(pair: tuple[Truth, Truth], result: Truth) -> None:
    assert all_of(pair) is result


@given(truths, truths)
def test_or_is_and_through_not(left: Truth, right: Truth) -> None:
    assert any_of([left, right]) is not_(AND[not_(left), not_(right)])


@given(lists)
def test_de_morgan_for_lists(values: list[Truth]) -> None:
    assert not_(all_of(values)) is any_of(not_(each) for each in values)


@given(lists, lists)
def test_and_is_associative(left: list[Truth], right: list[Truth]) -> None:
    assert all_of([all_of(left), all_of(right)]) is all_of(left + right)


@given(lists, lists)
def test_or_is_associative(left: list[Truth], right: list[Truth]) -> None:
    assert any_of([any_of(left), any_of(right)]) is any_of(left + right)


@given(st.permutations([TRUE, FALSE, UNKNOWN, TRUE, UNKNOWN]), st.integers(0, 5))
def test_order_does_not_matter(values: list[Truth], size: int) -> None:
    part = values[:size]
    assert all_of(part) is all_of(reversed(part))
    assert any_of(part) is any_of(reversed(part))


@given(truths)
def test_not_undoes_itself(value: Truth) -> None:
    assert not_(not_(value)) is value


@given(lists, st.lists(st.booleans(), min_size=6, max_size=6), st.sampled_from([all_of, any_of]))
def test_more_information_never_flips_a_known_answer(values: list[Truth], answers: list[bool], combine) -> None:  # type: ignore[no-untyped-def]
    """Monotone in information: fill in the unknowns in any way, and what was known stays."""
    before = combine(values)
    after = combine(
        truth(answer) if value is UNKNOWN else value for value, answer in zip(values, answers, strict=False)
    )
    assert before in {UNKNOWN, after}


@pytest.mark.parametrize("value", Truth)
def test_a_truth_never_slips_through_an_if(value: Truth) -> None:
    with pytest.raises(TypeError, match="is_true"):
        bool(value)


def test_the_truth_of_plain_answers() -> None:
    assert [truth(True), truth(False), truth(None)] == [TRUE, FALSE, UNKNOWN]
    assert all_of([]) is TRUE
    assert any_of([]) is FALSE
    assert [each.is_known for each in Truth] == [True, True, False]
    assert (TRUE.is_true, FALSE.is_false, UNKNOWN.is_unknown) == (True, True, True)
