"""
Test kit for applications that import ketaprogram (extra ``[testing]``).

`strategies` makes valid documents and facts for Hypothesis; `laws` holds the properties that every rulebook must
have, so that a clinic's own rulebook is tested as ours are. Nothing outside this package imports it.
"""
