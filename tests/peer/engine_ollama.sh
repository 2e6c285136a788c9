#!/bin/bash
# engine_ollama.sh - a real Ollama: found out by its answers, its model on disk, then loaded by the test, then unloaded. That
# watching leaves a model as it is, is shown by what Ollama itself says afterwards.
. "${srcdir:-.}/tests/tap.sh" || exit 99

observe() { "$PWD/tests/drivers/observe" engine "$@" 2>"$work/err"; }
loaded_now() { curl -fsS --noproxy '*' --max-time 20 "$ol_url/api/ps"; }

start_peer ol ollama
observe url="$ol_url" >"$work/empty"
like "$(cat "$work/empty")" 'engine ollama version=[0-9.]+ state=ok' "an empty Ollama is recognised"
unlike "$(cat "$work/empty")" 'model ' "and has no models"

tiny_gguf "$work/tiny.gguf"
peer ol create tiny "$work/tiny.gguf"
observe url="$ol_url" polls=3 interval=500ms >"$work/disk"
like "$(tail -n 1 "$work/disk")" 'model tiny:latest state=disk loaded=no family=llama params=[0-9]+K quant=F16 digest=[0-9a-f]{64} size_bytes=[0-9]{6}$' \
	"a model on disk, with what is known of it"
is "$(loaded_now)" '{"models":[]}' "watching it loads nothing"

peer ol load tiny
observe url="$ol_url" >"$work/loaded"
like "$(cat "$work/loaded")" 'model tiny:latest state=loaded loaded=yes .* mem_bytes=[0-9]{7} vram_bytes=0 context=512 expires_ms=[0-9]{13}' \
	"the same loaded: memory, none of it on a GPU, context, and when it goes"
peer ol unload tiny
observe url="$ol_url" polls=2 interval=500ms >"$work/gone"
like "$(tail -n 1 "$work/gone")" 'model tiny:latest state=disk loaded=no' "and unloaded again"

# A name that Ollama does not know is refused by it, and the reason said.
port=${ol_url##*:}
if observe url="http://localhost:$port" >"$work/named"; then
	ok "localhost is a name it knows"
else
	not_ok "localhost is a name it knows"
fi
stop_peer ol
observe url="$ol_url" >/dev/null
like "$(cat "$work/err")" 'observe: GET http://127.0.0.1:[0-9]+/api/version: .*(refused|connect)' "stopped: one line says so"
done_testing
