package org.dn2.pipeline;

import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import java.io.File;
import java.net.URL;
import java.util.regex.Pattern;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;

/**
 * What a HOCON file may include: other files, and nothing from an address, so that a configuration
 * is what lies on the disk and reading it calls nobody.
 */
final class ConfigIncludes
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

  /** HOCON takes such a name for an address wherever Java knows its scheme. */
  private static final Pattern ADDRESS = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]+:.*");

  private final ConfigIncluder files;

  /**
   * @param files includes files; null where the library has not given its own yet
   */
  private ConfigIncludes(ConfigIncluder files) {
    this.files = files;
  }

  /** Of a file whose includes, and theirs in turn, are files. */
  static ConfigParseOptions filesOnly() {
    return ConfigParseOptions.defaults().setIncluder(new ConfigIncludes(null));
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return new ConfigIncludes(fallback);
  }

  /**
   * By a name alone, beside the file that includes it.
   *
   * @throws UserDataException if it is an address
   */
  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    if (ADDRESS.matcher(what).matches()) {
      throw refused(what);
    }
    return files.include(context, what);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return ((ConfigIncluderFile) files).includeFile(context, what);
  }

  /**
   * Refuses.
   *
   * @throws UserDataException always
   */
  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    throw refused(what.toString());
  }

  /**
   * Refuses.
   *
   * @throws UserDataException always
   */
  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    throw refused("classpath(" + what + ")");
  }

  private static UserDataException refused(String what) {
    return new UserDataException(
        "it includes %s, but only files can be included. Copy it beside the configuration and include it by its name."
            .formatted(Printable.of(what)));
  }
}
