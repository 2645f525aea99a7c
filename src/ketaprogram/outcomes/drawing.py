"""
From a chart's specification to a picture, without a browser or a network. The only importer of the extra ``charts``.

Pictures hold a person's values, like the specification they are drawn from.
"""

from __future__ import annotations

from typing import Any

from ketaprogram.errors import InputError

__all__ = ["draw_png", "draw_svg"]

VERSION = "5.8"
"""The version of Vega-Lite that draws; every release of the renderer has it."""


def draw_svg(spec: dict[str, Any]) -> str:
    """
    A chart as SVG text.

    Args:
        spec: A specification by `chart_spec` or `timeline_spec`, or another one that holds its own data.

    Raises:
        ImportError: The extra ``charts`` is not installed.
        InputError: The specification names data or pictures by address.
        ValueError: The renderer cannot draw the specification.
    """
    import vl_convert  # noqa: PLC0415  # an extra, and slow to load

    _refuse_addresses(spec)
    picture: str = vl_convert.vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=[])
    return picture


def draw_png(spec: dict[str, Any], *, scale: float = 2) -> bytes:
    """
    A chart as the bytes of a PNG file.

    Args:
        spec: A specification by `chart_spec` or `timeline_spec`, or another one that holds its own data.
        scale: Dots per pixel of the chart; 2 is sharp on a screen, 4 on paper.

    Raises:
        ImportError: The extra ``charts`` is not installed.
        InputError: The specification names data or pictures by address.
        ValueError: The renderer cannot draw the specification.
    """
    import vl_convert  # noqa: PLC0415  # an extra, and slow to load

    _refuse_addresses(spec)
    picture: bytes = vl_convert.vegalite_to_png(spec, vl_version=VERSION, scale=scale, allowed_base_urls=[])
    return picture


def _refuse_addresses(part: object) -> None:
    """The renderer asks no server when told so, but would still read a local file that is named by address."""
    if isinstance(part, dict):
        if "url" in part:
            message = "a specification that names data or pictures by address is not drawn"
            raise InputError(message)
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            _refuse_addresses(each)
