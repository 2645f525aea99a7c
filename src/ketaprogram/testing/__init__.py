"""
Test kit for applications that import ketaprogram (extra ``[testing]``).

`strategies` makes valid documents, facts and rulebooks for Hypothesis; `conformance` holds the laws that every rulebook
must keep, so that a clinic's own is tested as ours are. Nothing outside this package imports it.
"""

from __future__ import annotations

__all__ = ["register"]


def register() -> None:
    """
    Register strategies for the most used models; Hypothesis calls this through its entry point when it is imported.

    Everything is imported late: Hypothesis may be on its way in because somebody imports our strategies.
    """
    from hypothesis import strategies as st  # noqa: PLC0415

    from ketaprogram.facts.model import FactSet  # noqa: PLC0415

    def fact_sets(_: type) -> st.SearchStrategy[FactSet]:
        from ketaprogram.testing import strategies  # noqa: PLC0415

        return strategies.fact_sets()

    st.register_type_strategy(FactSet, fact_sets)
