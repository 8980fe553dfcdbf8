package org.dn2.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.Locale;
import org.dn2.pipeline.RunConfig;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;

/**
 * The defaults of options that a configuration file can set as well: an option names its setting in
 * {@code descriptionKey}, by its path in {@code dn2-defaults.conf}, and has no default of its own.
 */
final class ConfiguredDefaults implements IDefaultValueProvider {
  private final Config defaults = RunConfig.defaults();

  /** Whether an option's {@code descriptionKey}, which may be null or empty, names a setting. */
  static boolean isSetting(String descriptionKey) {
    return descriptionKey != null
        && (descriptionKey.startsWith("dn2.") || descriptionKey.startsWith("dn2-input."));
  }

  /**
   * The setting's default in the option's own spelling; null for an option without a setting, or a
   * setting without a default.
   */
  @Override
  public String defaultValue(ArgSpec option) {
    String path = option.descriptionKey();
    if (!isSetting(path) || defaults.getIsNull(path)) {
      return null;
    }
    ConfigValue value = defaults.getValue(path);
    if (value.unwrapped() instanceof List<?> values) {
      return values.isEmpty() ? null : String.join(",", defaults.getStringList(path));
    }
    String text = defaults.getString(path);
    return option.type().isEnum() ? text.toUpperCase(Locale.ROOT).replace('-', '_') : text;
  }
}
