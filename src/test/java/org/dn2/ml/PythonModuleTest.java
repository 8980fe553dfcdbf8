package org.dn2.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.dn2.testing.PythonScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The module for PySpark says of each stage what the Java class says. PySpark itself is not to be
 * had here: the module is parsed, not run.
 */
class PythonModuleTest {
  private static final Map<String, String> CONVERTERS =
      Map.of(
          "Param", "toString",
          "IntParam", "toInt",
          "LongParam", "toInt",
          "DoubleParam", "toFloat",
          "BooleanParam", "toBoolean",
          "StringArrayParam", "toListString");

  @TempDir Path folder;

  @Test
  void everyParameterHasTheNameTypeAndDefaultOfTheJavaClass() throws Exception {
    PythonScript.require("ast", "python3");
    Map<String, Params> stages = new HashMap<>();
    for (Params stage :
        List.of(
            new ImageEmbedder(),
            new DeepNearestNeighbors(),
            new DeepNearestNeighborsModel(),
            new RocAucEvaluator())) {
      stages.put(stage.getClass().getName(), stage);
    }
    Set<String> told = new HashSet<>();
    for (String line :
        PythonScript.run(folder, "read_stages.py", "src/main/python/dn2/ml.py").split("\n", -1)) {
      if (line.isBlank()) {
        continue;
      }
      String[] parts = line.split("\t", -1);
      Params stage = stages.get(parts[1]);
      assertThat(stage).as(parts[1]).isNotNull();
      assertThat(stage.getClass().getSimpleName()).isEqualTo(parts[0]);
      Param<Object> param = stage.getParam(parts[2]);
      assertThat(parts[3]).as(line).isEqualTo(CONVERTERS.get(param.getClass().getSimpleName()));
      assertThat(new ObjectMapper().readTree(inJson(parts[4])))
          .as(line)
          .isEqualTo(
              new ObjectMapper()
                  .readTree(
                      stage.hasDefault(param)
                          ? param.jsonEncode(stage.getDefault(param).get())
                          : "null"));
      told.add(parts[1] + "." + parts[2]);
    }
    Set<String> all = new HashSet<>();
    stages.forEach(
        (name, stage) -> {
          for (Param<?> param : stage.params()) {
            all.add(name + "." + param.name());
          }
        });
    assertThat(told).isEqualTo(all);
  }

  private static String inJson(String python) {
    return switch (python) {
      case "True" -> "true";
      case "False" -> "false";
      case "None" -> "null";
      default -> python.replace('\'', '"');
    };
  }
}
