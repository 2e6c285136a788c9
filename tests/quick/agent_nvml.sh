#!/bin/sh
# agent_nvml.sh - see tests/agent/nvml.py; one script a file, so that make runs them side by side.
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3: apt-get install python3"; exit 0; }
exec python3 -B "${top_srcdir:-.}/tests/agent/nvml.py"
