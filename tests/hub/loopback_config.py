"""The shipped configuration on this machine alone: who logs in, where homes lie, which ports."""

import json
import os

c = get_config()  # noqa: F821 - JupyterHub provides it
here = json.loads(os.environ["COURSE_HUB"])

load_subconfig(here["config"])  # noqa: F821 - JupyterHub provides it

c.JupyterHub.spawner_class = "simple"  # a process, with a home of its own, as the same user
c.SimpleLocalProcessSpawner.home_dir_template = here["homes"] + "/{username}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
if hasattr(os, "geteuid") and os.geteuid() == 0:
    c.Spawner.args = [*c.Spawner.args, "--allow-root"]
c.Spawner.environment = {**c.Spawner.environment, **here["environment"]}

hub, proxy, api = here["ports"]
c.JupyterHub.bind_url = f"http://127.0.0.1:{proxy}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = here["proxy"]
c.ConfigurableHTTPProxy.pid_file = here["folder"] + "/proxy.pid"
c.JupyterHub.db_url = f"sqlite:///{here['folder']}/hub.sqlite"
c.JupyterHub.cookie_secret_file = here["folder"] + "/cookie_secret"
c.JupyterHub.services = [{"name": "class", "api_token": here["token"]}]
c.JupyterHub.load_roles = [
    {
        "name": "class",
        "services": ["class"],
        "scopes": ["admin:users", "admin:servers", "access:servers"],
    }
]
