"""JupyterHub for a class: one environment for all, each student's copies and answers in her home.

    jupyterhub -f classroom/jupyterhub_config.py

or, for The Littlest JupyterHub, this file in /opt/tljh/config/jupyterhub_config.d. Who may log in
and how servers are started is said elsewhere: see README.md. `python` and `jupyterhub-singleuser`
are those of the environment in which the course is installed; it must be first in the PATH.
"""

import os

c = get_config()  # noqa: F821 - JupyterHub provides it

# One folder for all, filled once by `prefetch`, which students cannot write into.
DATA = os.environ.get("COURSE_DATA_DIR", "/srv/course/data")
PROFILE = os.environ.get("COURSE_PROFILE", "full")

# A student's copies are made by herself, in her home, unless they are there; then her server runs.
START = 'python -m course_utils start "$HOME/my_notebooks"; exec jupyterhub-singleuser "$@"'

c.Spawner.cmd = ["sh", "-c", START, "jupyterhub-singleuser"]
c.Spawner.args = [
    # A kernel takes 0.4 to 1.5 GB: one that nobody has used for an hour is ended.
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_interval=300",
]
c.Spawner.environment = {"COURSE_DATA_DIR": DATA, "COURSE_PROFILE": PROFILE}
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab/tree/my_notebooks/01_dense_mnist.ipynb"
c.Spawner.mem_limit = "2G"  # heeded by the spawners of systemd, Docker and Kubernetes
c.Spawner.start_timeout = c.Spawner.http_timeout = 180  # many come at once when a class begins
c.JupyterHub.concurrent_spawn_limit = 8  # who comes ninth is asked to try again in some seconds
