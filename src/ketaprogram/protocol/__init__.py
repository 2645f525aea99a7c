"""Protocols: templates as data (`load_protocol`), the signed order (`sign_order`), and its doses (`dose_for`)."""

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
