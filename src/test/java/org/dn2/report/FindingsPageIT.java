package org.dn2.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a browser, as a person opens it: by a double click on the file. */
class FindingsPageIT {
  @TempDir private static Path folder;
  private static Browser chromium;
  private static ChromeDriver browser;
  private static Path page;
  private static Path plainPage;

  @BeforeAll
  static void open() throws IOException {
    page = Files.writeString(folder.resolve("page.html"), html(Set.of("nut")));
    plainPage = Files.writeString(folder.resolve("plain.html"), html(Set.of()));
    chromium = Browser.in(folder);
    browser = chromium.driver();
  }

  @AfterAll
  static void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

  private static String html(Set<String> normalLabels) {
    return FindingsPage.html(SampleFindings.of(normalLabels));
  }

  @BeforeEach
  void load() {
    look(1200, 900, "light");
    browser.get(page.toUri().toString());
    browser.executeScript("localStorage.clear()");
    chromium.drainLogs();
    browser.navigate().refresh();
  }

  private static void look(int width, int height, String scheme) {
    chromium.look(width, height, scheme);
  }

  private static WebElement find(String css) {
    return browser.findElement(By.cssSelector(css));
  }

  private static List<String> names() {
    return browser.findElements(By.cssSelector(".card .name")).stream()
        .map(WebElement::getText)
        .toList();
  }

  @Test
  void itLoadsWithoutAnErrorAndAsksTheNetworkForNothing() {
    assertThat(names()).hasSize(30);
    assertThat(chromium.console()).isEmpty();
    assertThat(chromium.requests())
        .singleElement()
        .asString()
        .contains(page.getFileName().toString());
  }

  @Test
  void whatThePolicyForbidsDoesNotHappen() {
    browser.executeScript(
        """
        const image = new Image(); image.src = "https://example.org/a.png"; document.body.append(image);
        const script = document.createElement("script"); script.textContent = "document.title = 'hacked'";
        document.body.append(script);
        """);
    assertThat(browser.getTitle()).isEqualTo("Strange images: out/scores");
    assertThat(find("#beside").getText())
        .endsWith(
            "nearest to it. p: about this part of normal images would look at least as strange;"
                + " with 300 of them it cannot be below 0.003322.");
    assertThat(chromium.console().toString()).contains("img-src data:").contains("script-src");
  }

  @Test
  void namesOfMarkupAndControlSignsAreText() {
    assertThat(browser.getTitle()).isEqualTo("Strange images: out/scores");
    assertThat(names().get(0)).contains("<img src=x onerror=");
    assertThat(names().get(1)).contains("\ufffd").doesNotContain("\u202e");
    assertThat(browser.findElements(By.cssSelector("img[src='x']"))).isEmpty();
  }

  @Test
  void theSliderMovesTheThreshold() {
    WebElement slider = find("#threshold");
    assertThat(find("#at-threshold").getText())
        .contains("Above 0.5:")
        .contains("Found: 140 of 180 anomalous images.");
    slider.sendKeys(Keys.HOME);
    assertThat(find("#at-threshold").getText()).contains("(100.0 %)").contains("180 of 180");
    slider.sendKeys(Keys.END);
    assertThat(find("#at-threshold").getText()).contains(": 0 of ").contains("0 of 180");
    find("#reset").click();
    assertThat(find("#at-threshold").getText()).contains("Above 0.5:");
  }

  @Test
  void imagesAreFilteredAndSorted() {
    new Select(find("#label")).selectByVisibleText("bolt");
    assertThat(names()).hasSize(6);
    find("#name").sendKeys("00005");
    assertThat(names()).containsExactly("camera-2/00005.png");
    find("#name").clear();
    find("#name").sendKeys(" ", Keys.BACK_SPACE);
    new Select(find("#label")).selectByVisibleText("all");
    new Select(find("#order")).selectByValue("score");
    assertThat(names().get(0)).isEqualTo("camera-2/00029.png");
    new Select(find("#kind")).selectByValue("BORDER");
    assertThat(names()).hasSize(10);
    new Select(find("#kind")).selectByValue("OF_STRIP");
    assertThat(browser.findElements(By.cssSelector("#gallery h3"))).hasSize(3);
    new Select(find("#kind")).selectByValue("COPY");
    assertThat(names()).containsExactly("camera-0/00030.png");
  }

  @Test
  void runsAreShownOverTime() {
    assertThat(browser.findElements(By.cssSelector("#nights .night"))).hasSize(12);
    assertThat(browser.findElements(By.cssSelector("#nights .night.this"))).hasSize(1);
    find("#nights summary").click();
    assertThat(find("#nights-table").getText())
        .contains("2026-11-26 night-12 500 12 2.40 %")
        .contains("<img src=x onerror=");
  }

  @Test
  void aClickEnlargesAndEscapeCloses() {
    find(".card .picture").click();
    assertThat(find("#enlarged").isDisplayed()).isTrue();
    assertThat(find("#enlarged").getText()).contains("normal, at distance 0.3");
    find("#enlarged button").sendKeys(Keys.ESCAPE);
    assertThat(find("#enlarged").isDisplayed()).isFalse();
  }

  @Test
  void heatMapsAreLaidOverTheImagesAndTakenAway() {
    WebElement toggle = find("#heat");
    WebElement overlay = find(".card .heat");
    assertThat(overlay.isDisplayed()).isFalse();
    assertThat(find("#heat-legend").isDisplayed()).isFalse();
    toggle.sendKeys(Keys.SPACE);
    assertThat(toggle.getAttribute("aria-pressed")).isEqualTo("true");
    assertThat(find("#heat-legend").getText()).contains("32 of these set the scale");
    assertThat(browser.findElements(By.cssSelector(".card img.heat"))).hasSize(28);
    assertThat(find(".card .none").getText()).isEqualTo("no heat map");
    assertThat(overlay.isDisplayed()).isTrue();
    WebElement picture = overlay.findElement(By.xpath("preceding-sibling::img"));
    assertThat(overlay.getRect().getPoint()).isEqualTo(picture.getRect().getPoint());
    assertThat(overlay.getRect().getDimension()).isEqualTo(picture.getRect().getDimension());

    find(".card .picture").click();
    WebElement enlarged = find("#enlarged .heat");
    assertThat(enlarged.isDisplayed()).isTrue();
    find("#enlarged .heat-toggle").click();
    assertThat(enlarged.isDisplayed()).isFalse();
    find("#enlarged button").sendKeys(Keys.ESCAPE);
    assertThat(toggle.getAttribute("aria-pressed")).isEqualTo("false");
    assertThat(overlay.isDisplayed()).isFalse();
    assertThat(chromium.console()).isEmpty();
  }

  @Test
  void aPageWithoutHeatMapsHasNoButtonForThem() {
    browser.get(plainPage.toUri().toString());
    assertThat(find("#heat").isDisplayed()).isFalse();
    assertThat(browser.findElements(By.cssSelector(".heat"))).isEmpty();
  }

  @Test
  void verdictsAreKeptAndSavedAsCsv() throws IOException {
    List<WebElement> cards = browser.findElements(By.cssSelector(".card"));
    cards.get(0).findElement(By.cssSelector("[data-verdict=anomaly]")).sendKeys(Keys.ENTER);
    cards.get(1).findElement(By.cssSelector("[data-verdict=normal]")).click();
    assertThat(browser.switchTo().activeElement().getText()).isEqualTo("normal");
    browser.navigate().refresh();
    assertThat(find("#shown").getText()).contains("2 verdicts");
    assertThat(find(".card [data-verdict=anomaly]").getAttribute("aria-pressed")).isEqualTo("true");
    new Select(find("#verdict")).selectByValue("none");
    assertThat(names()).hasSize(28);
    find("#export").click();
    Path csv = folder.resolve("downloads/verdicts-night-1.csv");
    new WebDriverWait(browser, Duration.ofSeconds(20)).until(any -> Files.exists(csv));
    assertThat(Files.readString(csv))
        .startsWith("image_id,verdict,at\r\n")
        .contains("\"" + SampleFindings.MARKUP.replace("\"", "\"\"") + "\",anomaly,20")
        .contains("\"" + SampleFindings.CONTROL.replace("\"", "\"\"") + "\",normal,20");
  }

  @Test
  void itPrints() throws IOException {
    byte[] pdf = chromium.print("page");
    assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
  }

  @ParameterizedTest
  @CsvSource({"1200,light", "1200,dark", "390,light", "390,dark"})
  void everybodyCanReadItOnEveryScreen(int width, String scheme) throws IOException {
    look(width, 900, scheme);
    for (Path opened : List.of(page, plainPage)) {
      browser.get(opened.toUri().toString());
      browser.executeScript("document.getElementById('heat').click()");
      assertThat(chromium.sticksOut(width)).isEmpty();
      assertThat(chromium.hindrances()).isEmpty();
    }
    browser.get(page.toUri().toString());
    browser.executeScript("document.getElementById('heat').click()");
    chromium.picture("page", width, scheme);
  }
}
