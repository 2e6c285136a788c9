#!/bin/bash
# smoke.sh - each peer starts, answers and stops: when another test fails, this one says whether its peers were to blame.
. "${srcdir:-.}/tests/tap.sh"

fetch() { curl -fsS --noproxy '*' --max-time 20 "$@"; }

# ---- vcsim ----
soap() { # BODY: one call with the session's cookie; the answer on stdout
	curl -sS -k --noproxy '*' --max-time 20 -b "$work/cookies" -c "$work/cookies" -H 'Content-Type: text/xml' \
		-H 'SOAPAction: urn:vim25/8.0.3.0' "$vc_url" -d '<soapenv:Envelope
		xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
		xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'"$1"'</soapenv:Body></soapenv:Envelope>'
}
login() { # PASSWORD
	soap '<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>root</userName><password>'"$1"'</password></Login>'
}
current_time='<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>'
filter() { # OBJECT: of a VM, its power state
	printf '%s' '<CreateFilter xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><spec>' \
		'<propSet><type>VirtualMachine</type><pathSet>runtime.powerState</pathSet></propSet>' \
		"<objectSet><obj type=\"VirtualMachine\">$1</obj></objectSet></spec><partialUpdates>false</partialUpdates></CreateFilter>"
}
updates() { # VERSION
	soap '<WaitForUpdatesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><version>'"$1"'</version><options><maxWaitSeconds>15</maxWaitSeconds></options></WaitForUpdatesEx>'
}

start_peer vc vcsim
like "$(login wrong)" 'xsi:type="InvalidLogin"' "vcsim: a wrong password is refused"
like "$(login "$vc_password")" '<LoginResponse' "vcsim: logs in"
is "$(control vc counts of=Login)" 2 "vcsim: counts calls"
llm=$(soap '<FindByUuid xmlns="urn:vim25"><_this type="SearchIndex">SearchIndex</_this><uuid>4210aabb-ccdd-eeff-0011-223344556677</uuid><vmSearch>true</vmSearch></FindByUuid>' |
	sed -n 's/.*<returnval type="VirtualMachine">\([^<]*\)<.*/\1/p')
like "$llm" '^vm-' "vcsim: llm-1 is there under its UUID"
like "$(soap "$(filter "$llm")")" CreateFilterResponse "vcsim: makes a filter"
like "$(updates '')" '>poweredOn<' "vcsim: says that llm-1 is on"
control vc power vm=llm-1 state=off >/dev/null
like "$(updates -)" '>poweredOff<' "vcsim: reports the power-off as an update"
is "$(control vc counts of=RetrievePropertiesEx)" 0 "vcsim: without a reload"
like "$(soap '<CurrentTime xmlns="urn:vim25"><extra/><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>')" \
	'InvalidRequest' "vcsim: a request out of order is refused"
control vc fail method=CurrentTime how=cut >/dev/null
ok_if "vcsim: cuts a connection when told" eval '! soap "$current_time"'
control vc expire >/dev/null
like "$(soap "$current_time")" 'NotAuthenticated' "vcsim: ends sessions when told"
before=$vc_sha256
after=$(control vc certificate | sed -n 's/^sha256=//p')
like "$after" '^[0-9a-f]{64}$' "vcsim: makes a new certificate"
unlike "$after" "$before" "vcsim: which is another"
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

done_testing
