#!/bin/sh
# Set up .venv with the llama.cpp build that fits this machine. Run by `make`; choose with BACKEND=cpu|cuda|metal|vulkan.
set -eu
cd "$(dirname "$0")"
requirements=${1:-requirements.txt}
python=${PYTHON:-python3}

"$python" - <<'PY' || { echo "mrrec needs Python 3.11 or newer; choose one with PYTHON=/path/to/python3" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY

detect() {
    if [ "$(uname -s)" = Darwin ]; then echo metal
    elif command -v nvcc >/dev/null && command -v nvidia-smi >/dev/null && nvidia-smi >/dev/null 2>&1; then echo cuda
    elif command -v glslc >/dev/null && command -v vulkaninfo >/dev/null && vulkaninfo --summary >/dev/null 2>&1; then echo vulkan
    else echo cpu; fi
}

backend=${BACKEND:-$(detect)}
case $backend in
    cuda) flags=-DGGML_CUDA=on ;;
    metal) flags=-DGGML_METAL=on ;;
    vulkan) flags=-DGGML_VULKAN=on ;;
    cpu) flags= ;;
    *) echo "BACKEND must be cpu, cuda, metal or vulkan, not $backend" >&2; exit 1 ;;
esac
stamp=".venv/.installed-$(basename "$requirements" .txt)-$backend"
newer=$(find . -maxdepth 1 -name "requirements*.txt" -newer "$stamp" 2>/dev/null || true)
if [ -e "$stamp" ] && [ -z "$newer" ]; then exit 0; fi

echo "mrrec: installing into .venv, llama.cpp built for $backend (choose another: make app BACKEND=cpu|cuda|metal|vulkan)"
[ -x .venv/bin/python ] || "$python" -m venv .venv
pip=".venv/bin/python -m pip install --disable-pip-version-check"
CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(getconf _NPROCESSORS_ONLN)}
export CMAKE_BUILD_PARALLEL_LEVEL
llama=$(grep '^llama-cpp-python==' requirements.txt)
if [ "$backend" != cpu ] && [ ! -e ".venv/.llama-$backend" ]; then
    if CMAKE_ARGS="$flags" $pip --force-reinstall --no-cache-dir --no-deps --no-binary llama-cpp-python "$llama"; then
        touch ".venv/.llama-$backend"
    else
        echo "mrrec: the $backend build failed; building for the CPU (BACKEND=cpu does so from the start)" >&2
        $pip --no-cache-dir --no-deps "$llama"
    fi
fi
$pip -r "$requirements"
touch "$stamp"
