#!/bin/bash
# engine_vllm.sh - llm-d-inference-sim in vLLM's place: recognised, its model, its cache, and the rates while requests run.
. "${srcdir:-.}/tests/tap.sh" || exit 99

observe() { "$PWD/tests/drivers/observe" engine "$@" 2>"$work/err"; }
ask() { # TOKENS
	curl -fsS --noproxy '*' --max-time 60 -H 'Content-Type: application/json' -o /dev/null "$sim_url/v1/chat/completions" \
		-d '{"model":"labtop/tiny","max_tokens":'"$1"',"ignore_eos":true,"messages":[{"role":"user","content":"count to ten"}]}'
}

start_peer sim vllm-sim --model labtop/tiny --inter-token-latency 5ms --max-model-len 2048
observe url="$sim_url" >"$work/idle"
like "$(cat "$work/idle")" 'engine vllm state=ok running=0 queue=0 kv_used_pct=0 kv_tokens=[0-9]+ context_max=2048' "recognised, idle"
like "$(cat "$work/idle")" 'model labtop/tiny state=loaded loaded=yes context=2048' "its model"

# Short requests one after the other, until the watching is done.
touch "$work/go"
(while [ -e "$work/go" ]; do ask 40; done) &
asker=$!
observe url="$sim_url" polls=5 interval=1s >"$work/busy"
rm "$work/go"
wait $asker
like "$(cat "$work/busy")" ' running=1 ' "a running request is counted"
like "$(cat "$work/busy")" ' tokens_per_second=[1-9][0-9]*' "tokens are counted per second"
like "$(cat "$work/busy")" ' prompt_per_second=[0-9.]*[1-9]' "and those of the prompts"
unlike "$(sed -n '/poll 1/,/poll 2/p' "$work/busy")" 'tokens_per_second' "no rate from one reading alone"

stop_peer sim
observe url="$sim_url" kind=vllm >/dev/null
like "$(cat "$work/err")" 'observe: GET http://127.0.0.1:[0-9]+/metrics: .*(refused|connect)' "stopped: one line says so"
done_testing
