{{/*
What the chart itself sets, or relies on: the key, and what is to be done instead. An asterisk stands for all keys below.
*/}}
{{- define "holdfast.ownedKeys" -}}
server.port: the admin port is fixed in the container; set adminService.port
server.address: probes and Services ask the pod's own address
server.ssl.*: probes, ServiceMonitor and helm test ask the admin port in clear text; put TLS before the admin Service
server.servlet.context-path: probes ask for /actuator/health at the root
spring.mvc.servlet.path: probes ask for /actuator/health at the root
spring.main.web-application-type: probes ask the admin port
management.server.*: probes ask for /actuator/health on the admin port
management.endpoints.web.base-path: probes ask for /actuator/health
management.endpoints.web.path-mapping.*: probes ask for /actuator/health
management.endpoints.web.exposure.*: probes ask for health and Prometheus for its meters; both are exposed
management.endpoints.access.default: probes ask for health; management.endpoints.access.max-permitted may be read-only or unrestricted
management.endpoints.enabled-by-default: probes ask for health
management.endpoint.health.access: probes ask for it
management.endpoint.health.enabled: probes ask for it
management.endpoint.health.group.*: probes ask for the groups liveness and readiness as they are
management.endpoint.health.probes.*: probes ask for the groups liveness and readiness as they are
management.endpoint.health.status.*: a gateway that serves without etcd is DEGRADED and answers 200
management.health.defaults.*: probes ask for the groups liveness and readiness as they are
management.health.livenessstate.*: probes ask for it
management.health.readinessstate.*: probes ask for it
holdfast.server.port: the traffic port is fixed in the container; set service.port
holdfast.server.address: the Service asks the pod's own address
holdfast.server.shutdown-grace: set shutdown.graceSeconds, which the pod's termination time follows
holdfast.server.ssl-bundle: set tls.existingSecret, which the Service follows
holdfast.server.client-auth: set tls.clientAuth
holdfast.etcd.endpoints: set etcd.endpoints
holdfast.etcd.username: set etcd.existingSecret
holdfast.etcd.password: set etcd.existingSecret; a ConfigMap is no place for it
holdfast.registry.snapshot.path: the snapshot has its own volume
holdfast.admin.overrides-path: the overrides lie on the volume of the snapshot
holdfast.routing.snapshot-path: the routes known last lie on the volume of the snapshot
holdfast.admin.token: set admin.existingSecret; a ConfigMap is no place for it
holdfast.admin.allowed-hosts: set admin.allowedHosts, which is added to the admin Service's names
{{- if .Values.tls.existingSecret }}
spring.ssl.bundle.pem.traffic.*: tls.existingSecret sets it
{{- end }}
{{- if .Values.serviceMonitor.enabled }}
management.endpoint.prometheus.access: the ServiceMonitor asks for it
management.endpoint.prometheus.enabled: the ServiceMonitor asks for it
management.prometheus.metrics.export.enabled: the ServiceMonitor asks for the meters
management.defaults.metrics.export.enabled: the ServiceMonitor asks for the meters
{{- end }}
spring.config.location: it would replace the gateway's own files and their ports; mount more files and name them in SPRING_CONFIG_ADDITIONAL_LOCATION
spring.config.name: it would replace the gateway's own files and their ports; mount more files and name them in SPRING_CONFIG_ADDITIONAL_LOCATION
{{- if .Values.config }}
spring.config.additional-location: config is read from there; mount more files below /etc/holdfast/config
{{- end }}
{{- end -}}

{{/* A key without what Spring Boot's relaxed binding does not look at, so that every spelling of it is the same. */}}
{{- define "holdfast.bareKey" -}}
{{- regexReplaceAll "[^a-z0-9]" (lower .) "" -}}
{{- end -}}

{{/*
Matches the keys below another one, element by element: traffic-api is not below traffic. A variable may have an
underscore for each hyphen.
*/}}
{{- define "holdfast.below" -}}
^{{ lower . | replace "-" "_?" | replace "." "[._[]+" }}([._\[]|$)
{{- end -}}

{{/*
Collects the values below a node by their bare keys, however the keys are nested, dotted or spelt. What is in brackets, as
headers' names are, is one name as it stands.
*/}}
{{- define "holdfast.flatten" -}}
{{- $into := .into -}}
{{- $path := .path -}}
{{- if kindIs "map" .value -}}
{{- range $key, $value := .value -}}
{{- include "holdfast.flatten" (dict "into" $into "path" (append $path $key) "value" $value) -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range $index, $value := .value -}}
{{- include "holdfast.flatten" (dict "into" $into "path" (append (initial $path) (printf "%s[%d]" (last $path) $index)) "value" $value) -}}
{{- end -}}
{{- else -}}
{{- $written := join "." $path -}}
{{- $bare := include "holdfast.bareKey" $written -}}
{{- range regexFindAll "\\[[^\\]]*[^0-9\\]][^\\]]*\\]" $written -1 -}}
{{- $bare = printf "%s%s" $bare (lower .) -}}
{{- end -}}
{{- if hasKey $into $bare -}}
{{- fail (printf "config.%s and config.%s are both set (expected: one of them, since they are the same key)" (get $into $bare).written $written) -}}
{{- end -}}
{{- $_ := set $into $bare (dict "written" $written "last" (last $path) "value" (toString .value)) -}}
{{- end -}}
{{- end -}}

{{- define "holdfast.checkOwned" -}}
{{- range $key, $instead := fromYaml (include "holdfast.ownedKeys" .root) -}}
{{- $own := include "holdfast.bareKey" $key -}}
{{- if ternary (regexMatch (include "holdfast.below" (trimSuffix ".*" $key)) $.name) (regexMatch (printf "^%s[0-9]*$" $own) $.bare) (hasSuffix ".*" $key) -}}
{{- fail (printf "%s is set (expected: not here; %s)" $.written $instead) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .bare "managementendpointsaccessmaxpermitted") (eq (lower (toString .value)) "none") -}}
{{- fail (printf "%s is none (expected: read-only or unrestricted; probes ask for health)" .written) -}}
{{- end -}}
{{- end -}}

{{/*
A password or a key in the ConfigMap, unless it is a placeholder for a variable. What only says whether, and what a route
asks of a header, is neither.
*/}}
{{- define "holdfast.checkSecret" -}}
{{- $bare := include "holdfast.bareKey" .last -}}
{{- $secret := regexMatch "(password|passwd|passphrase|secret|token|credentials|apikey)[0-9]*$" $bare -}}
{{- $other := or (has (lower .value) (list "true" "false")) (regexMatch "^holdfast\\.?routes\\[[0-9]+\\]\\.?headers[.\\[]" (lower .written)) -}}
{{- $placeholder := regexMatch "^\\$\\{[^:{}]+\\}$" .value -}}
{{- if or (contains "PRIVATE KEY-----" .value) (and $secret .value (not $placeholder) (not $other)) -}}
{{- fail (printf "config.%s is set (expected: not here; a ConfigMap is no place for it: name a Secret's key in extraEnv and write ${ITS_VARIABLE} here)" .written) -}}
{{- end -}}
{{- end -}}

{{- define "holdfast.checkConfig" -}}
{{- $keys := dict -}}
{{- include "holdfast.flatten" (dict "into" $keys "path" list "value" .Values.config) -}}
{{- range $bare, $key := $keys -}}
{{- include "holdfast.checkOwned" (dict "root" $ "bare" (include "holdfast.bareKey" $key.written) "name" (regexReplaceAll "[^a-z0-9.\\[]" (lower $key.written) "") "value" $key.value "written" (printf "config.%s" $key.written)) -}}
{{- include "holdfast.checkSecret" $key -}}
{{- end -}}
{{- $variables := dict -}}
{{- range .Values.extraEnv -}}
{{- $bare := include "holdfast.bareKey" .name -}}
{{- include "holdfast.checkOwned" (dict "root" $ "bare" $bare "name" (regexReplaceAll "[^a-z0-9._]" (lower .name) "") "value" (default "" .value) "written" (printf "extraEnv.%s" .name)) -}}
{{- if hasKey $variables $bare -}}
{{- fail (printf "extraEnv.%s and extraEnv.%s are both set (expected: one of them, since they are the same key)" (get $variables $bare) .name) -}}
{{- end -}}
{{- $_ := set $variables $bare .name -}}
{{- if hasKey $keys $bare -}}
{{- fail (printf "extraEnv.%s and config.%s are both set (expected: one of them, since the variable would win)" .name (get $keys $bare).written) -}}
{{- end -}}
{{- end -}}
{{- end -}}
