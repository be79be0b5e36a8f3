"""Words to the person at the notebook: notes, the progress of long jobs, and tables."""
