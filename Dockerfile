# The course and all that it needs, for one reader, or as the image of Zero to JupyterHub:
#   docker build -t cnn-course . && docker run --rm -it -p 127.0.0.1:8888:8888 -v "$PWD/mine:/home/jovyan" cnn-course
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/course
COPY requirements.txt ./
# JupyterHub's part of a student's server: Zero to JupyterHub starts it, a single reader does not need it.
RUN pip install --requirement requirements.txt jupyterhub
COPY pyproject.toml setup.py MANIFEST.in README.md LICENSE ./
COPY course_utils ./course_utils
COPY notebooks ./notebooks
COPY data/checkpoints ./data/checkpoints
RUN pip install --no-deps . && rm -rf /opt/course
RUN useradd --create-home --uid 1000 jovyan
USER jovyan
WORKDIR /home/jovyan
EXPOSE 8888
CMD ["sh", "-c", "python -m course_utils start && exec jupyter lab --ip=0.0.0.0 --no-browser"]
