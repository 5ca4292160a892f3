{{/* Values that contradict each other, which a schema cannot say or cannot say clearly. */}}
{{- define "holdfast.checks" -}}
{{- if not .Values.etcd.endpoints -}}
{{- fail "etcd.endpoints is empty (expected: at least one member, e.g. http://etcd:2379)" -}}
{{- end -}}
{{- if and .Values.snapshot.existingClaim (gt (int .Values.replicaCount) 1) -}}
{{- fail (printf "snapshot.existingClaim is set and replicaCount is %d (expected: 1, since each gateway writes its own snapshot)" (int .Values.replicaCount)) -}}
{{- end -}}
{{- if and (ne .Values.tls.clientAuth "none") (not .Values.tls.existingSecret) -}}
{{- fail (printf "tls.clientAuth is %s and tls.existingSecret is not set (expected: a Secret with tls.crt, tls.key and ca.crt)" .Values.tls.clientAuth) -}}
{{- end -}}
{{- $minimum := toString .Values.podDisruptionBudget.minAvailable -}}
{{- if and $minimum (toString .Values.podDisruptionBudget.maxUnavailable) -}}
{{- fail "podDisruptionBudget.minAvailable and podDisruptionBudget.maxUnavailable are both set (expected: one of them)" -}}
{{- end -}}
{{- if and .Values.podDisruptionBudget.enabled (gt (int .Values.replicaCount) 1) $minimum (not (hasSuffix "%" $minimum)) (ge (int $minimum) (int .Values.replicaCount)) -}}
{{- fail (printf "podDisruptionBudget.minAvailable is %s and replicaCount is %d (expected: fewer than the replicas, since no node could be drained)" $minimum (int .Values.replicaCount)) -}}
{{- end -}}
{{- $elsewhere := dict
  "server.port" "the container's port is fixed; set adminService.port"
  "holdfast.server.port" "the container's port is fixed; set service.port"
  "holdfast.server.shutdown-grace" "set shutdown.graceSeconds, which the pod's termination time follows"
  "holdfast.etcd.endpoints" "set etcd.endpoints"
  "holdfast.etcd.username" "set etcd.existingSecret"
  "holdfast.etcd.password" "set etcd.existingSecret; a ConfigMap is no place for it"
  "holdfast.registry.snapshot.path" "the snapshot has its own volume"
  "holdfast.admin.token" "set admin.existingSecret; a ConfigMap is no place for it" -}}
{{- range $key, $instead := $elsewhere -}}
{{- $found := $.Values.config -}}
{{- range splitList "." $key -}}
{{- $found = ternary (get (ternary $found dict (kindIs "map" $found)) .) "" (kindIs "map" $found) -}}
{{- end -}}
{{- if or (hasKey $.Values.config $key) (not (empty $found)) -}}
{{- fail (printf "config.%s is set (expected: not here; %s)" $key $instead) -}}
{{- end -}}
{{- end -}}
{{- end -}}
