package org.dn2.report;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.print.PrintOptions;

/** A browser for pages, without a window. */
final class Browser implements AutoCloseable {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  /** Where pictures of pages are left for people to look at. */
  private static final Path PICTURES = Path.of("target/page");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Opens a browser, or skips the test where there is none; downloads go to a folder in this. */
  static Browser in(Path folder) throws IOException {
    assumeThat(Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER))
        .as("SKIPPED: no browser (Debian: chromium and chromium-driver)")
        .isTrue();
    Files.createDirectories(PICTURES);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--user-data-dir=" + folder.resolve("profile"));
    options.setExperimentalOption(
        "prefs", Map.of("download.default_directory", folder.resolve("downloads").toString()));
    options.setCapability("goog:loggingPrefs", logs);
    return new Browser(
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options));
  }

  ChromeDriver driver() {
    return driver;
  }

  void look(int width, int height, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  void drainLogs() {
    driver.manage().logs().get(LogType.BROWSER);
    driver.manage().logs().get(LogType.PERFORMANCE);
  }

  /** What the page and the browser said since the logs were drained. */
  List<LogEntry> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll();
  }

  /** What was asked of a network or of files since the logs were drained, the page itself too. */
  List<String> requests() {
    return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
        .map(LogEntry::getMessage)
        .filter(message -> message.contains("Network.requestWillBeSent\""))
        .filter(message -> !message.contains("\"url\":\"data:"))
        .toList();
  }

  /** Elements that reach beyond the window's right border, those that scroll in a box excepted. */
  List<String> sticksOut(int width) {
    Object found =
        driver.executeScript(
            """
            const wide = document.documentElement.scrollWidth;
            if (wide <= arguments[0]) return [];
            return ["a page " + wide + " wide", ...[...document.querySelectorAll("body *")]
              .filter((one) => one.getBoundingClientRect().right > arguments[0])
              .filter((one) => one.parentElement.closest(".scroll, pre, svg") === null)
              .map((one) => one.outerHTML.slice(0, 200))];
            """,
            width);
    return ((List<?>) found).stream().map(String::valueOf).toList();
  }

  /** What keeps people from reading the page, serious or worse, by axe-core's rules. */
  List<String> hindrances() {
    Results results =
        new AxeBuilder()
            .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"))
            .analyze(driver);
    if (results.getPasses().size() <= 10) {
      throw new IllegalStateException("only %s passed".formatted(results.getPasses()));
    }
    return results.getViolations().stream()
        .filter(rule -> Set.of("serious", "critical").contains(rule.getImpact()))
        .map(rule -> rule.getId() + ": " + rule.getNodes())
        .toList();
  }

  /** Leaves a picture of the whole page. */
  void picture(String name, int width, String scheme) throws IOException {
    long height = (Long) driver.executeScript("return document.documentElement.scrollHeight");
    look(width, (int) height, scheme);
    Files.write(
        PICTURES.resolve("%s-%d-%s.png".formatted(name, width, scheme)),
        driver.getScreenshotAs(OutputType.BYTES));
  }

  /** Prints the page and leaves what came out. */
  byte[] print(String name) throws IOException {
    byte[] pdf =
        OutputType.BYTES.convertFromBase64Png(driver.print(new PrintOptions()).getContent());
    Files.write(PICTURES.resolve(name + ".pdf"), pdf);
    return pdf;
  }

  @Override
  public void close() {
    driver.quit();
  }
}
