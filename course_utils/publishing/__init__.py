"""What publishes the course: runs, website, book, slides, minutes, students' own copies, answers.

This is for the commands `python -m course_utils ...`; nothing that a notebook's cell imports
imports it. Each module uses those before it: `render`, `formulas`, `notebooks`, `used`, `kernel`,
`live`, `run`, `minutes`, `merge`, `copies`, `questions`, `glossary`, `reference`, `instructors`,
`slides`, `book`, `site`, `collect`.
"""
