package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboard of conf/grafana is what Grafana's own types, which its schema is written in, say
 * that a dashboard is: TypeScript's compiler looks at it, at the panels' options and at what their
 * fields have of their own, and knows no key that is in none of the types.
 */
class DashboardTypesIT {
  private static final String GRAFANA = "@grafana/schema@13.2.3";
  private static final String TYPESCRIPT = "typescript@5.9.3";
  private static final int TIMEOUT_MINUTES = 3;
  private static final Map<String, String> KINDS =
      Map.of("stat", "Stat", "timeseries", "TimeSeries", "table", "Table");

  @TempDir private static Path folder;

  @BeforeAll
  static void fetchTheTypes() throws Exception {
    boolean hasNpm =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "npm")));
    assumeThat(hasNpm).as("SKIPPED: there is no npm, which has Grafana's types").isTrue();
    Files.writeString(folder.resolve("package.json"), "{\"private\": true}");
    Files.writeString(
        folder.resolve("tsconfig.json"),
        """
        {
          "compilerOptions": {
            "strict": true, "noEmit": true, "skipLibCheck": true, "target": "es2022",
            "module": "esnext", "moduleResolution": "bundler"
          },
          "files": ["dashboard.ts"]
        }
        """);
    String told =
        run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", GRAFANA, TYPESCRIPT);
    assertThat(folder.resolve("node_modules/@grafana/schema")).as(told).isDirectory();
  }

  /** What a command printed, whatever its end. */
  private static String run(String... command) throws IOException, InterruptedException {
    Path printed = Files.createTempFile(folder, "printed", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(printed.toFile())
            .start();
    try {
      assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(printed);
  }

  private static ObjectNode dashboard() throws IOException {
    return (ObjectNode)
        new ObjectMapper().readTree(Path.of("conf/grafana/dashboard.json").toFile());
  }

  /** What TypeScript finds wrong; nothing where all is right. */
  private static String faults(JsonNode dashboard) throws Exception {
    StringBuilder program =
        new StringBuilder("import type { Dashboard } from '@grafana/schema';\n");
    KINDS.forEach(
        (kind, name) ->
            program.append(
                "import type * as %2$s from '@grafana/schema/dist/esm/raw/composable/%1$s/panelcfg/x/%2$sPanelCfg_types.gen';%n"
                    .formatted(kind, name)));
    // JSON has the texts of enumerations, not their names.
    program.append(
        """
        type Plain<T> =
          T extends string ? `${T}` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
        const dashboard: Plain<Dashboard> = %s;
        """
            .formatted(dashboard.toPrettyString()));
    int number = 0;
    for (JsonNode panel : dashboard.path("panels")) {
      String kind = KINDS.get(panel.path("type").asText());
      assertThat(kind).as(panel.path("type").asText()).isNotNull();
      number++;
      program.append(
          "const options%d: Partial<Plain<%s.Options>> = %s;%n"
              .formatted(number, kind, panel.path("options")));
      JsonNode own = panel.path("fieldConfig").path("defaults").path("custom");
      if (!own.isMissingNode()) {
        program.append(
            "const own%d: Partial<Plain<%s.FieldConfig>> = %s;%n".formatted(number, kind, own));
      }
    }
    Files.writeString(folder.resolve("dashboard.ts"), program);
    return run("node", "node_modules/typescript/bin/tsc", "-p", ".");
  }

  @Test
  void theDashboardIsOfGrafanasTypes() throws Exception {
    assertThat(faults(dashboard())).isEmpty();
  }

  @Test
  void whatIsNotOfTheTypesIsFound() throws Exception {
    ObjectNode unknownKey = dashboard();
    unknownKey.put("titel", "DN2");
    assertThat(faults(unknownKey))
        .contains("error TS")
        .contains("'\"titel\"' does not exist in type");
    ObjectNode wrongType = dashboard();
    wrongType.put("timezone", 7);
    assertThat(faults(wrongType)).contains("Type 'number' is not assignable to type 'string'");
    ObjectNode wrongOption = dashboard();
    ((ObjectNode) wrongOption.path("panels").path(0).path("options")).put("colorMode", "loud");
    assertThat(faults(wrongOption)).contains("Type '\"loud\"' is not assignable to type");
  }
}
