"""How fast and how small the program is, beside raw psycopg2 and the smallest Textual program.

`python -m tests.bench` measures on a server of its own, `--dsn` on another one. Figures are medians;
compare those of one run only.
"""
