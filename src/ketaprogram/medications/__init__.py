"""
Medicines: which one a name or a code says, and what is known of it together with ketamine.

`medicine_of`, `identify` and `classes_of` read names and codes, `check_interactions` looks them up, `interaction_cards`
shows a professional what was found and what could not be judged.
"""

from __future__ import annotations

from ketaprogram.medications.advising import interaction_cards
from ketaprogram.medications.interacting import check_interactions
from ketaprogram.medications.naming import classes_of, identify, medicine_of

__all__ = ["check_interactions", "classes_of", "identify", "interaction_cards", "medicine_of"]
