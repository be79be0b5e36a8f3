"""What publishes the course: runs, pages, slides, instructor's page, minutes, students' own copies,
the answers of a class.

This is for the commands `python -m course_utils ...`; nothing that a notebook's cell imports
imports it. Each module uses those before it: `notebooks`, `used`, `kernel`, `run`, `pages`,
`slides`, `report`, `minutes`, `merge`, `copies`, `collect`.
"""
