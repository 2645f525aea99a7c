"""The version of the package: the build, the front door and every determination read it here."""

__all__ = ["__version__"]

__version__ = "0.1.0"
