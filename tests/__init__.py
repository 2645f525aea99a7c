"""A package, because textstat 0.7.8 installs one of this name too and would win over a folder that is none."""
