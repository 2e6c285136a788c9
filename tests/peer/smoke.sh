#!/bin/bash
# smoke.sh - each peer starts, answers and stops: when another test fails, this one says whether its peers were to blame.
. "${srcdir:-.}/tests/tap.sh" || exit 99
. "${srcdir:-.}/tests/peer/soap.sh"

fetch() { curl -fsS --noproxy '*' --max-time 20 "$@"; }

# ---- vcsim; its control words have a test of their own ----
start_peer vc vcsim
like "$(login wrong)" 'xsi:type="InvalidLogin"' "vcsim: a wrong password is refused"
like "$(login "$vc_password")" '<LoginResponse' "vcsim: logs in"
is "$(control vc counts of=Login)" 2 "vcsim: counts calls"
llm=$(vm_by_uuid 4210aabb-ccdd-eeff-0011-223344556677)
like "$llm" '^vm-' "vcsim: llm-1 is there under its UUID"
like "$(create_filter "$(paths VirtualMachine runtime.powerState)<objectSet><obj type=\"VirtualMachine\">$llm</obj></objectSet>")" \
	CreateFilterResponse "vcsim: makes a filter"
like "$(updates '')" '>poweredOn<' "vcsim: says that llm-1 is on"
control vc power vm=llm-1 state=off >/dev/null
like "$(updates -)" '>poweredOff<' "vcsim: reports the power-off as an update"
is "$(control vc counts of=RetrievePropertiesEx)" 0 "vcsim: without a reload"
ok_if "vcsim: stops" stop_peer vc
ok_if "vcsim: is gone" eval '! fetch "$vc_control/info"'

# ---- sshd, and a guest's agent over it ----
start_peer guest sshd
ok_if "sshd: a command runs" ssh -F "$guest_config" guest true
mi50_tree "$work/tree" 4210aabb-ccdd-eeff-0011-223344556677 00:50:56:aa:00:01 -n 4 -m 32
agent=$top_srcdir/tests/peers/mi50-agent.sh
is "$(ssh -F "$guest_config" guest "$agent" "$work/tree" sh -c "'ls -d /sys/class/drm/card? | wc -l'")" 4 \
	"sshd: a guest's command sees the fabricated cards"
ok_if "sshd: stops" stop_peer guest

# ---- engines ----
start_peer vllm vllm-sim --model labtop/tiny
like "$(fetch "$vllm_url/v1/models")" '"labtop/tiny"' "vllm-sim: serves the model"
like "$(fetch "$vllm_url/metrics")" 'vllm:num_requests_running' "vllm-sim: has vLLM's metrics"
ok_if "vllm-sim: stops" stop_peer vllm

start_peer ollama ollama
tiny_gguf "$work/chain.gguf"
ok_if "ollama: a model is registered" peer ollama create tiny "$work/chain.gguf"
like "$(fetch "$ollama_url/api/tags")" '"tiny:latest"' "ollama: lists it"
ok_if "ollama: loads it" peer ollama load tiny
like "$(fetch "$ollama_url/api/ps")" '"tiny:latest"' "ollama: says that it is loaded"
like "$(fetch "$ollama_url/api/generate" -d '{"model":"tiny","prompt":"x","stream":false,"options":{"temperature":0}}')" \
	'tiny model is awake' "ollama: and it answers"
ok_if "ollama: stops" stop_peer ollama

# ---- what records the exporter ----
start_peer prom prometheus
like "$(fetch "$prom_url/api/v1/query?query=1")" '"success"' "prometheus: answers a query"
ok_if "prometheus: stops" stop_peer prom

done_testing
