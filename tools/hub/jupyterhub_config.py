"""Share the course on a JupyterHub: each has an account, and the class's files have one, too.

Formgrader is a service that runs as the account of the class, so that several instructors grade in
the same files and no learner's account can read them. Change the names, then keep it as
/srv/jupyterhub/jupyterhub_config.py; the instructors' page says what has to be there beforehand.
"""

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (JupyterHub puts it here)

COURSE = "transformer-circuits"  # as CourseDirectory.course_id of nbgrader_config.py
ACCOUNT = "circuits"  # of the class's files
FOLDER = "/srv/transformer-circuits"  # this repository, with its .venv: nobody else's to read
LEARNERS_PYTHON = "/opt/learners"  # an environment with the toolkit and nbgrader, without a grader
PORT = 9999  # of the service, on this machine alone

INSTRUCTORS = ["ada", "grace"]
LEARNERS = ["alan", "emmy"]

c.JupyterHub.load_groups = {f"formgrade-{COURSE}": {"users": INSTRUCTORS}}
c.Authenticator.allowed_users = {*INSTRUCTORS, *LEARNERS}
c.Spawner.cmd = [f"{LEARNERS_PYTHON}/bin/jupyterhub-singleuser"]

c.JupyterHub.services = [
    {
        "name": COURSE,
        "url": f"http://127.0.0.1:{PORT}",
        "command": [f"{FOLDER}/.venv/bin/jupyterhub-singleuser"],
        "user": ACCOUNT,
        "cwd": FOLDER,
        "oauth_no_confirm": True,
        "environment": {
            "JUPYTERHUB_DEFAULT_URL": "/formgrader",  # a page of its own: Lab's frame stays empty
        },
    }
]
c.JupyterHub.load_roles = [
    {
        "name": f"formgrade-{COURSE}",
        "groups": [f"formgrade-{COURSE}"],
        "scopes": [f"access:services!service={COURSE}"],
    },
]
