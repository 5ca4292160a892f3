{{/* Values that contradict each other, which a schema cannot say or cannot say clearly. */}}
{{- define "holdfast.checks" -}}
{{- if not .Values.etcd.endpoints -}}
{{- fail "etcd.endpoints is empty (expected: at least one member, e.g. http://etcd:2379)" -}}
{{- end -}}
{{- if and .Values.snapshot.existingClaim .Values.snapshot.persistence.enabled -}}
{{- fail "snapshot.existingClaim and snapshot.persistence.enabled are both set (expected: one of them)" -}}
{{- end -}}
{{- if and .Values.snapshot.existingClaim (gt (int .Values.replicaCount) 1) -}}
{{- fail (printf "snapshot.existingClaim is set and replicaCount is %d (expected: 1, since each gateway writes its own snapshot; snapshot.persistence gives each its volume)" (int .Values.replicaCount)) -}}
{{- end -}}
{{- if and (ne .Values.tls.clientAuth "none") (not .Values.tls.existingSecret) -}}
{{- fail (printf "tls.clientAuth is %s and tls.existingSecret is not set (expected: a Secret with tls.crt, tls.key and ca.crt)" .Values.tls.clientAuth) -}}
{{- end -}}
{{- include "holdfast.checkBudget" . -}}
{{- include "holdfast.checkMetadata" . -}}
{{- include "holdfast.checkVolumes" . -}}
{{- include "holdfast.checkConfig" . -}}
{{- end -}}

{{- define "holdfast.checkBudget" -}}
{{- $minimum := toString .Values.podDisruptionBudget.minAvailable -}}
{{- if and $minimum (toString .Values.podDisruptionBudget.maxUnavailable) -}}
{{- fail "podDisruptionBudget.minAvailable and podDisruptionBudget.maxUnavailable are both set (expected: one of them)" -}}
{{- end -}}
{{- if and .Values.podDisruptionBudget.enabled (gt (int .Values.replicaCount) 1) $minimum (not (hasSuffix "%" $minimum)) (ge (int $minimum) (int .Values.replicaCount)) -}}
{{- fail (printf "podDisruptionBudget.minAvailable is %s and replicaCount is %d (expected: fewer than the replicas, since no node could be drained)" $minimum (int .Values.replicaCount)) -}}
{{- end -}}
{{- end -}}

{{/* A label or an annotation that the chart sets would be there twice. */}}
{{- define "holdfast.checkMetadata" -}}
{{- $labels := fromYaml (include "holdfast.labels" .) -}}
{{- range $value, $added := dict "podLabels" .Values.podLabels "serviceMonitor.labels" .Values.serviceMonitor.labels -}}
{{- range $label, $_ := $added -}}
{{- if hasKey $labels $label -}}
{{- fail (printf "%s.%s is set (expected: not here; the chart sets it)" $value $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $annotation, $_ := .Values.podAnnotations -}}
{{- if has $annotation (list "checksum/config" (include "holdfast.secretsAnnotation" $)) -}}
{{- fail (printf "podAnnotations.%s is set (expected: not here; the chart sets it)" $annotation) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "holdfast.checkVolumes" -}}
{{- range .Values.extraVolumes -}}
{{- if has .name (list "snapshot" "tmp" "config" "tls") -}}
{{- fail (printf "extraVolumes.%s is set (expected: another name; the chart has a volume of this one)" .name) -}}
{{- end -}}
{{- end -}}
{{- range .Values.extraVolumeMounts -}}
{{- if has (trimSuffix "/" .mountPath) (list "/data" "/tmp" "/etc/holdfast" "/etc/holdfast-tls") -}}
{{- fail (printf "extraVolumeMounts.%s is at %s (expected: another path; the chart mounts a volume there)" .name .mountPath) -}}
{{- end -}}
{{- end -}}
{{- end -}}
