"""
How hard Hypothesis tries.

``default`` is for work at the desk; ``ci`` draws the same examples in every run; ``slow`` searches long, when
asked for by ``--hypothesis-profile=slow``.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=60, deadline=None)
settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("slow", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "default")
