# The jar is the same on every processor, so a build for another platform compiles on this one.
FROM --platform=$BUILDPLATFORM eclipse-temurin:25.0.4.1_1-jdk-noble AS build
WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY config config
COPY src/main src/main
# Tests need an etcd and run before an image is built; without them a changed test keeps these layers.
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -ntp -Dmaven.test.skip=true package
RUN java -Djarmode=tools -jar target/holdfast.jar extract --layers --destination extracted

FROM eclipse-temurin:25.0.4.1_1-jre-noble
LABEL org.opencontainers.image.title="Holdfast" \
      org.opencontainers.image.description="Service-discovery gateway that keeps routing while its registry is away" \
      org.opencontainers.image.licenses="Apache-2.0"

# A number, since Kubernetes can prove that it is not root; the folder's owner is what a new volume takes over.
RUN install -d -o 10001 -g 10001 -m 0750 /data
VOLUME /data

WORKDIR /opt/holdfast
# What changes least comes first: a release that changes the code alone ships one small layer.
COPY --from=build /build/extracted/dependencies/ ./
COPY --from=build /build/extracted/snapshot-dependencies/ ./
COPY --from=build /build/extracted/application/ ./

USER 10001:10001
EXPOSE 8080 8081
ENV HOLDFAST_REGISTRY_SNAPSHOT_PATH=/data/registry-snapshot.json
ENV HOLDFAST_ADMIN_OVERRIDES_PATH=/data/overrides.json
ENV HOLDFAST_ROUTING_SNAPSHOT_PATH=/data/routes.json
# 40 % for the heap, since Netty's buffers may take as much again outside of it. Out of memory ends the process, because
# an orchestrator restarts a dead gateway but leaves a crippled one alone. Here and not in the entry point, so that a
# deployment can replace it.
ENV JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=40 -XX:+ExitOnOutOfMemoryError --sun-misc-unsafe-memory-access=allow"

# Liveness and not readiness: who restarts unhealthy containers must not restart a gateway because etcd is away. The
# admin port and not /livez, which can be turned off or be behind TLS. Bash alone, since the image has no curl and a JVM
# would cost more than the question; the status line decides, so an answer of 503 is unhealthy.
HEALTHCHECK --interval=30s --timeout=10s --retries=3 --start-period=30s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8081} && printf 'GET /actuator/health/liveness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r -t 8 _ status _ <&3 && [[ $status == 200 ]] || exit 1"]

# Without a shell between, so that SIGTERM reaches the JVM and running requests finish.
ENTRYPOINT ["java", "-jar", "holdfast.jar"]
