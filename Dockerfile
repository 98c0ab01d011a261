# The app on port 7860 as uid 1000, for Hugging Face Spaces or any other host. Everything is fetched while the image is
# built; a container needs no network.
#   docker build -t mrrec . && docker run -p 7860:7860 -v mrrec-store:/home/user/store mrrec

FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# The CPU build of torch: the one that pip takes by default on Linux brings gigabytes of CUDA.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.txt .
RUN pip install "$(grep '^torch==' requirements.txt)" --index-url "$TORCH_INDEX"
# Not tuned to the machine that builds (on x86 it needs AVX2): the image runs on another one.
ARG CMAKE_ARGS="-DGGML_NATIVE=OFF"
RUN CMAKE_ARGS="$CMAKE_ARGS" pip install -r requirements.txt

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 1000 user
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 GRADIO_ANALYTICS_ENABLED=False
USER 1000
WORKDIR /home/user/mrrec
COPY --chown=1000:1000 app.py ./
COPY --chown=1000:1000 mrrec mrrec
COPY --chown=1000:1000 memory_store/seed memory_store/seed
# Builds the store and loads model and grammars, so that a start is quick and a broken image is not made.
RUN python -m mrrec info --store /home/user/store
EXPOSE 7860
CMD ["python", "app.py", "--host", "0.0.0.0", "--port", "7860", "--store", "/home/user/store"]
