{{/* The pod, the same one for a Deployment and a StatefulSet but for where its snapshot lies. */}}
{{- define "holdfast.pod" -}}
metadata:
  labels:
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- include "holdfast.labels" . | nindent 4 }}
  annotations:
    checksum/config: {{ toYaml .Values.config | sha256sum }}
    {{- with include "holdfast.secretVersions" . }}
    {{ include "holdfast.secretsAnnotation" $ }}: {{ . | quote }}
    {{- end }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "holdfast.serviceAccountName" . }}
  automountServiceAccountToken: false
  # A Service called holdfast would become HOLDFAST_PORT and the like, which are unknown keys under `holdfast`.
  enableServiceLinks: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext:
    {{- include "holdfast.podSecurityContext" . | nindent 4 }}
  # The sleep, the grace, and ten seconds for what comes after.
  terminationGracePeriodSeconds: {{ add .Values.shutdown.preStopSeconds .Values.shutdown.graceSeconds 10 }}
  containers:
    - name: holdfast
      image: {{ include "holdfast.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext:
        {{- include "holdfast.containerSecurityContext" . | nindent 8 }}
      ports:
        - name: traffic
          containerPort: 8080
          protocol: TCP
        - name: admin
          containerPort: 8081
          protocol: TCP
      env:
        - name: HOLDFAST_ETCD_ENDPOINTS
          value: {{ join "," .Values.etcd.endpoints | quote }}
        - name: HOLDFAST_ADMIN_ALLOWED_HOSTS
          value: {{ include "holdfast.allowedHosts" . | quote }}
        - name: HOLDFAST_SERVER_SHUTDOWN_GRACE
          value: {{ printf "%ds" (int .Values.shutdown.graceSeconds) | quote }}
        {{- if .Values.config }}
        - name: SPRING_CONFIG_ADDITIONAL_LOCATION
          value: file:/etc/holdfast/
        {{- end }}
        {{- with .Values.etcd.existingSecret }}
        - name: HOLDFAST_ETCD_USERNAME
          valueFrom:
            secretKeyRef:
              name: {{ . }}
              key: username
        - name: HOLDFAST_ETCD_PASSWORD
          valueFrom:
            secretKeyRef:
              name: {{ . }}
              key: password
        {{- end }}
        {{- with .Values.admin.existingSecret }}
        - name: HOLDFAST_ADMIN_TOKEN
          valueFrom:
            secretKeyRef:
              name: {{ . }}
              key: {{ $.Values.admin.existingSecretKey }}
        {{- end }}
        {{- if .Values.tls.existingSecret }}
        - name: HOLDFAST_SERVER_SSLBUNDLE
          value: traffic
        - name: HOLDFAST_SERVER_CLIENTAUTH
          value: {{ .Values.tls.clientAuth }}
        - name: SPRING_SSL_BUNDLE_PEM_TRAFFIC_RELOADONUPDATE
          value: "true"
        - name: SPRING_SSL_BUNDLE_PEM_TRAFFIC_KEYSTORE_CERTIFICATE
          value: file:/etc/holdfast-tls/tls.crt
        - name: SPRING_SSL_BUNDLE_PEM_TRAFFIC_KEYSTORE_PRIVATEKEY
          value: file:/etc/holdfast-tls/tls.key
        {{- if ne .Values.tls.clientAuth "none" }}
        - name: SPRING_SSL_BUNDLE_PEM_TRAFFIC_TRUSTSTORE_CERTIFICATE
          value: file:/etc/holdfast-tls/ca.crt
        {{- end }}
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      startupProbe:
        httpGet:
          path: /actuator/health/liveness
          port: admin
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet:
          path: /actuator/health/liveness
          port: admin
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        httpGet:
          path: /actuator/health/readiness
          port: admin
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      {{- if .Values.shutdown.preStopSeconds }}
      lifecycle:
        preStop:
          exec:
            command: ["sleep", {{ .Values.shutdown.preStopSeconds | toString | quote }}]
      {{- end }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        - name: snapshot
          mountPath: /data
        - name: tmp
          mountPath: /tmp
        {{- if .Values.config }}
        - name: config
          mountPath: /etc/holdfast
          readOnly: true
        {{- end }}
        {{- if .Values.tls.existingSecret }}
        - name: tls
          mountPath: /etc/holdfast-tls
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    {{- if .Values.snapshot.existingClaim }}
    - name: snapshot
      persistentVolumeClaim:
        claimName: {{ .Values.snapshot.existingClaim }}
    {{- else if not .Values.snapshot.persistence.enabled }}
    - name: snapshot
      emptyDir:
        sizeLimit: {{ .Values.snapshot.sizeLimit }}
    {{- end }}
    - name: tmp
      emptyDir:
        sizeLimit: 64Mi
    {{- if .Values.config }}
    - name: config
      configMap:
        name: {{ include "holdfast.fullname" . }}
    {{- end }}
    {{- with .Values.tls.existingSecret }}
    - name: tls
      secret:
        secretName: {{ . }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
