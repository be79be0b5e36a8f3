"""What publishes the course: running its notebooks, pages, slides, the instructor's page, minutes.

This is for the commands `python -m course_utils ...`; nothing that a notebook's cell imports
imports it. Each module uses those before it: `notebooks`, `used`, `kernel`, `run`, `pages`,
`slides`, `report`, `minutes`.
"""
