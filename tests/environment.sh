# environment.sh - sourced before every test: the same surroundings everywhere. $srcdir and the build directory are
# told by make; whatever a test writes goes below a directory of its own.
# The peers' cache is found by the user's own HOME, before that is replaced.
export LABTOP_PEERS=${LABTOP_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/labtop-peers}
export TERM=xterm-256color LC_ALL=C.UTF-8 TZ=UTC LINES=24 COLUMNS=80
unset NO_COLOR ACCESSIBLE GOVC_URL GOVC_USERNAME GOVC_PASSWORD GOVC_INSECURE GOVC_TLS_KNOWN_HOSTS OLLAMA_HOST
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
unset LABTOP_NVML LABTOP_ROCM_SMI LABTOP_STATE XDG_RUNTIME_DIR
unset SUDO_UID SUDO_GID SUDO_USER SUDO_COMMAND PKEXEC_UID DOAS_USER # whoever runs the tests may have come by one of them
unset OLLAMA_API_KEY OPENAI_API_KEY VLLM_API_KEY LLAMA_API_KEY
LABTOP_TEST_HOME=${LABTOP_TEST_HOME:-$PWD/tests-home}
mkdir -p "$LABTOP_TEST_HOME"
export HOME=$LABTOP_TEST_HOME XDG_CONFIG_HOME=$LABTOP_TEST_HOME/config XDG_STATE_HOME=$LABTOP_TEST_HOME/state \
       XDG_CACHE_HOME=$LABTOP_TEST_HOME/cache XDG_DATA_HOME=$LABTOP_TEST_HOME/data
export G_TEST_SRCDIR=${srcdir:-.} G_DEBUG=fatal-criticals G_SLICE=always-malloc
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
top_srcdir=${top_srcdir:-$srcdir}
export top_srcdir srcdir
LABTOP_SUPPRESSIONS=$(cd "$top_srcdir/tests" && pwd)
export LSAN_OPTIONS="suppressions=$LABTOP_SUPPRESSIONS/lsan.supp:print_suppressions=0"
export TSAN_OPTIONS="suppressions=$LABTOP_SUPPRESSIONS/tsan.supp:halt_on_error=1:exitcode=66"
