# soap.sh - a vSphere client of a few lines of curl, to try a peer without the program under test. One session: the cookie
# is in $work/cookies. $vc_url and $vc_password are what start_peer vc vcsim has set.
# shellcheck shell=bash
# A standalone host has other ids: root_folder=ha-folder-root session_manager=ha-sessionmgr collector=ha-property-collector.

soap() { # BODY: one call; the answer on stdout whatever the HTTP status is
	curl -sS -k --noproxy '*' --max-time 30 -b "$work/cookies" -c "$work/cookies" -H 'Content-Type: text/xml' \
		-H 'SOAPAction: urn:vim25/8.0.3.0' "$vc_url" -d '<soapenv:Envelope
		xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
		xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'"$1"'</soapenv:Body></soapenv:Envelope>'
}
call() { # METHOD TYPE ID INNER
	soap "<$1 xmlns=\"urn:vim25\"><_this type=\"$2\">$3</_this>${4:-}</$1>"
}
login() { # PASSWORD: as root
	call Login SessionManager "${session_manager:-SessionManager}" "<userName>root</userName><password>$1</password>"
}
current_time() { call CurrentTime ServiceInstance ServiceInstance; }
returned() { sed -n 's/.*<returnval type="[A-Za-z]*">\([^<]*\)<.*/\1/p'; }
vm_by_uuid() { call FindByUuid SearchIndex SearchIndex "<uuid>$1</uuid><vmSearch>true</vmSearch>" | returned; }

paths() { # TYPE PATH…: one propSet
	local type=$1
	shift
	printf '<propSet><type>%s</type>%s</propSet>' "$type" "$(printf '<pathSet>%s</pathSet>' "$@")"
}
view() { # TYPE: a ContainerView of all of them
	call CreateContainerView ViewManager ViewManager \
		"<container type=\"Folder\">${root_folder:-group-d1}</container><type>$1</type><recursive>true</recursive>" | returned
}
all_of() { # VIEW: an objectSet
	printf '%s' "<objectSet><obj type=\"ContainerView\">$1</obj><skip>true</skip><selectSet xsi:type=\"TraversalSpec\">" \
		'<name>v</name><type>ContainerView</type><path>view</path><skip>false</skip></selectSet></objectSet>'
}
retrieve() { # SPECSET-CONTENT
	call RetrievePropertiesEx PropertyCollector "${collector:-propertyCollector}" "<specSet>$1</specSet><options/>"
}
create_filter() { # SPEC-CONTENT
	call CreateFilter PropertyCollector propertyCollector "<spec>$1</spec><partialUpdates>false</partialUpdates>"
}
updates() { # VERSION
	call WaitForUpdatesEx PropertyCollector propertyCollector "<version>$1</version><options><maxWaitSeconds>15</maxWaitSeconds></options>"
}
