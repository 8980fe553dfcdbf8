package org.dn2.pipeline;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.dn2.table.UserDataException;

/** Reads one section of a configuration file, over that section of {@code dn2-defaults.conf}. */
final class ConfigFile {
  private static final String DEFAULTS = "/dn2-defaults.conf";

  private ConfigFile() {}

  /** Every setting's default, null where a setting may be left out. */
  static Config defaults() {
    return parseDefaults().resolve();
  }

  private static Config parseDefaults() {
    return ConfigFactory.parseResources(ConfigFile.class, DEFAULTS);
  }

  /**
   * Reads a HOCON file; environment variables can be substituted.
   *
   * @param root the section's name
   * @param required settings without which it cannot do
   * @param of what is made of the section's settings
   * @throws UserDataException naming the file, the setting and what is wrong with it
   */
  static <T> T read(File file, String root, List<String> required, Function<Config, T> of) {
    return readIfThere(file, root, required, of)
        .orElseThrow(
            () ->
                new UserDataException(
                    "The configuration file %s cannot be used: it has no section %s."
                        .formatted(file, root)));
  }

  /** The same; empty where the file has no such section. */
  static <T> Optional<T> readIfThere(
      File file, String root, List<String> required, Function<Config, T> of) {
    if (!file.isFile()) {
      throw new UserDataException(
          "There is no configuration file " + file + ". The folder conf holds examples.");
    }
    try {
      Config defaults = parseDefaults();
      ConfigText.requireNoCutValues(Files.readString(file.toPath()));
      Config given = ConfigFactory.parseFile(file, ConfigIncludes.filesOnly());
      if (!given.hasPath(root)) {
        return Optional.empty();
      }
      Config all = given.withFallback(defaults).resolve().getConfig(root);
      Config known = given.resolve().getConfig(root);
      requireKnown(known, defaults.resolve().getConfig(root), root);
      ConfigText.requireNoQuotedSubstitutions(known);
      for (String path : required) {
        if (all.getIsNull(path)) {
          throw new UserDataException("it has no value for " + root + "." + path + ".");
        }
      }
      return Optional.of(of.apply(all));
    } catch (CharacterCodingException e) {
      throw new UserDataException("The configuration file " + file + " is not in UTF-8.", e);
    } catch (IOException e) {
      throw new UserDataException(
          "The configuration file " + file + " cannot be read: " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new UserDataException(
          "The configuration file " + file + " cannot be used: its brackets are nested too deeply.",
          e);
    } catch (ConfigException.UnresolvedSubstitution e) {
      throw new UserDataException(
          "The configuration file %s cannot be used: %s. Set the environment variable of that name, or write the value."
              .formatted(file, e.getMessage()),
          e);
    } catch (ConfigException | UserDataException e) {
      throw new UserDataException(
          "The configuration file " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * What is made of settings that are in no file, over the section of {@code dn2-defaults.conf}.
   *
   * @param settings by their paths below the section
   */
  static <T> T of(Map<String, Object> settings, String root, Function<Config, T> of) {
    Config given = ConfigFactory.parseMap(settings).atPath(root);
    return of.apply(given.withFallback(parseDefaults()).resolve().getConfig(root));
  }

  /** A misspelled setting must not be passed over in silence. */
  private static void requireKnown(Config given, Config defaults, String root) {
    Set<String> unknown = new TreeSet<>();
    given.root().forEach((key, value) -> addUnknown(unknown, key, value, defaults));
    if (!unknown.isEmpty()) {
      throw new UserDataException(
          "it has the unknown settings "
              + String.join(", ", unknown.stream().map(path -> root + "." + path).toList())
              + ".");
    }
  }

  private static void addUnknown(Set<String> unknown, String path, Object value, Config defaults) {
    if (!defaults.hasPathOrNull(path)) {
      unknown.add(path);
    } else if (value instanceof ConfigObject object) {
      object.forEach((key, inner) -> addUnknown(unknown, path + "." + key, inner, defaults));
    }
  }
}
