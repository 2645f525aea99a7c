"""
Protocols: templates as data, what a program consists of and costs, the signed order, and its doses.

`load_protocol`, `read_protocol` and `check_protocol` are for templates, `outline` for an offer, `sign_order` and
`dose_for` for one person.
"""

from __future__ import annotations

from ketaprogram.protocol.checking import check_protocol
from ketaprogram.protocol.dosing import Occasion, dose_for
from ketaprogram.protocol.outlining import compare_outlines, outline
from ketaprogram.protocol.signing import sign_order
from ketaprogram.protocol.templates import load_protocol, protocol_names, read_protocol, shared_contacts

__all__ = [
    "Occasion",
    "check_protocol",
    "compare_outlines",
    "dose_for",
    "load_protocol",
    "outline",
    "protocol_names",
    "read_protocol",
    "shared_contacts",
    "sign_order",
]
