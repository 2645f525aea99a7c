"""
Protocols: templates as data, the signed order, and its doses.

`load_protocol`, `read_protocol` and `check_protocol` are for templates, `sign_order` and `dose_for` for one person.
"""

from __future__ import annotations

from ketaprogram.protocol.checking import check_protocol
from ketaprogram.protocol.dosing import Occasion, dose_for
from ketaprogram.protocol.signing import sign_order
from ketaprogram.protocol.templates import load_protocol, protocol_names, read_protocol, shared_contacts

__all__ = [
    "Occasion",
    "check_protocol",
    "dose_for",
    "load_protocol",
    "protocol_names",
    "read_protocol",
    "shared_contacts",
    "sign_order",
]
