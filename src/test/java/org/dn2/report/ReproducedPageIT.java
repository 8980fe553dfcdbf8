package org.dn2.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** The page of a reproduction in a browser, as a person opens it. */
class ReproducedPageIT {
  @TempDir private static Path folder;
  private static Browser chromium;
  private static ChromeDriver browser;
  private static Path page;

  @BeforeAll
  static void open() throws IOException {
    page =
        Files.writeString(
            folder.resolve("report.html"), ReproducedPage.html(SampleReproduced.of()));
    chromium = Browser.in(folder);
    browser = chromium.driver();
  }

  @AfterAll
  static void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void load() {
    chromium.look(1200, 900, "light");
    chromium.drainLogs();
    browser.get(page.toUri().toString());
  }

  private static List<WebElement> all(String css) {
    return browser.findElements(By.cssSelector(css));
  }

  @Test
  void itLoadsWithoutAnErrorAndAsksTheNetworkForNothing() {
    assertThat(all("#glance-chart svg[role=img]")).hasSize(1);
    assertThat(chromium.console()).isEmpty();
    assertThat(chromium.requests()).singleElement().asString().contains("report.html");
  }

  @Test
  void whatWasMeasuredIsDrawnWithThePapersPoints() {
    assertThat(all("#table-1-chart svg[role=img] .mark"))
        .as("ours, the paper's, the rival's")
        .hasSize(7 + 2 + 2);
    assertThat(all("#table-1-chart .whisker")).hasSize(4);
    assertThat(all("#table-3-chart .through")).hasSize(2 + 2 + 3);
    assertThat(all("#table-2-chart")).as("nothing was measured").isEmpty();
    assertThat(all("#planes-charts circle")).hasSize(200);
    assertThat(browser.findElement(By.id("glance-chart")).getText())
        .contains("-1.50 *")
        .contains("not measured here");
  }

  @Test
  void namesOfMarkupAndControlSignsAreText() {
    assertThat(browser.getTitle()).isEqualTo("The paper's experiments, measured again");
    assertThat(all("img")).isEmpty();
    assertThat(all("#table-1 tbody th").get(1).getText()).startsWith("<img src=x onerror=");
    assertThat(all("#table-1 tbody th").get(2).getText()).startsWith("a??gnp.?");
  }

  @Test
  void aTableScrollsInItsBoxAndItsFirstColumnStays() {
    chromium.look(390, 900, "light");
    WebElement box = all("#table-1 .scroll").get(0);
    browser.executeScript("arguments[0].scrollLeft = 200", box);
    Number moved = (Number) browser.executeScript("return arguments[0].scrollLeft", box);
    assertThat(moved.doubleValue()).isPositive();
    int left = box.getRect().getX();
    assertThat(box.findElement(By.cssSelector("tbody th")).getRect().getX()).isEqualTo(left);
    assertThat(
            browser.executeScript(
                "return document.querySelector('#table-1-chart svg').getAttribute('viewBox')"))
        .as("drawn anew for the narrow screen")
        .asString()
        .startsWith("0 0 358 ");
  }

  @Test
  void itPrints() throws IOException {
    byte[] pdf = chromium.print("reproduced");
    assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
  }

  @ParameterizedTest
  @CsvSource({"1200,light", "1200,dark", "390,light", "390,dark"})
  void everybodyCanReadItOnEveryScreen(int width, String scheme) throws IOException {
    chromium.look(width, 900, scheme);
    browser.get(page.toUri().toString());
    assertThat(chromium.sticksOut(width)).isEmpty();
    assertThat(chromium.hindrances()).isEmpty();
    chromium.picture("reproduced", width, scheme);
  }
}
