package org.dn2.store;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.image.Decoding;
import org.dn2.image.ImageInput;
import org.dn2.image.LeftOutRule;
import org.dn2.json.JsonText;
import org.dn2.table.ColumnWords;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** Folders of embeddings: {@code embeddings}, {@code rejects} and {@code embed.json}. */
public final class EmbeddingsStore {
  private static final String COMMAND = "embed";
  private static final String EMBEDDINGS = "embeddings";
  private static final String REJECTS = "rejects";
  private static final String SUMMARY = "embed.json";
  private static final String DECODING = "decoding";
  private static final long BYTES_PER_ROW = 400;

  private final SparkSession spark;
  private final Configuration hadoop;

  public EmbeddingsStore(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  /**
   * What an embed run left behind.
   *
   * @param embeddings rows of {@link Tables#EMBEDDINGS}
   * @param embedded how many there are
   * @param model the backbone that made them
   * @param decoding how files became pixels; null in outputs from before it was kept
   * @param fingerprint of everything that the embeddings depend on but the images; empty in outputs
   *     from before it was kept
   */
  public record Stored(
      Dataset<Row> embeddings,
      long embedded,
      ModelSpec model,
      Decoding decoding,
      String fingerprint) {
    /** What other embeddings must have been made by, to be compared with these. */
    public ModelFingerprint modelFingerprint() {
      return ModelFingerprint.of(model, decoding);
    }
  }

  /**
   * What is said of embeddings in {@code embed.json}.
   *
   * @param input the path of the images
   * @param listedBy what is to be listed again to find an image; null where each is a file
   * @param inputs a digest of their listing
   * @param fingerprint of everything else that the embeddings depend on
   * @param decoding how files become pixels
   */
  public record Origin(
      String input,
      ImageInput listedBy,
      String inputs,
      String fingerprint,
      ModelSpec model,
      Decoding decoding) {}

  /**
   * How many images went which way.
   *
   * @param rejected by reason
   */
  public record Written(long embedded, Map<String, Long> rejected) {}

  /**
   * What an input's listing found.
   *
   * @param leftOut how many entries are not among the images, by rule
   */
  public record Listed(long images, Map<String, Long> leftOut) {}

  /**
   * Opens the output of a finished embed run.
   *
   * @throws UserDataException if there is none, or it has rows of other models than its own
   */
  public Stored open(String folder) {
    WholeFolder whole = WholeFolder.open(LiteralPath.given(folder), COMMAND, hadoop);
    Dataset<Row> embeddings = whole.table(EMBEDDINGS, spark);
    embeddings =
        Tables.typed(
            embeddings,
            "The embeddings in " + folder,
            Tables.EMBEDDINGS,
            Tables.EMBEDDINGS.fieldNames());
    JsonText summary = summary(whole);
    ModelSpec model = ModelSpec.of(summary.object("model"));
    if (!whole.namesFiles()) {
      requireRowsOf(model, embeddings, folder);
    }
    return new Stored(
        embeddings,
        summary.count("embedded"),
        model,
        decoding(summary),
        summary.tree().path("fingerprint").asText());
  }

  /**
   * The images of a finished embed run that have no embedding, rows of {@link Tables#REJECTS}.
   *
   * @throws UserDataException if there is no such run
   */
  public Dataset<Row> rejects(String folder) {
    return WholeFolder.open(LiteralPath.given(folder), COMMAND, hadoop).table(REJECTS, spark);
  }

  /**
   * What lists the images of a finished embed run, and perhaps more; null where there is no such
   * run any more, and where each image is a file that its path names.
   */
  public ImageInput listedBy(String folder) {
    WholeFolder whole = WholeFolder.find(LiteralPath.given(folder), hadoop);
    if (whole == null) {
      return null;
    }
    return EmbeddedInput.of(summary(whole).tree());
  }

  /** How many images of the input of a finished embed run a rule left out. */
  public long leftOut(String folder, LeftOutRule rule) {
    WholeFolder whole = WholeFolder.open(LiteralPath.given(folder), COMMAND, hadoop);
    return summary(whole).tree().path("left_out").path(rule.columnValue()).asLong();
  }

  private static void requireRowsOf(ModelSpec model, Dataset<Row> embeddings, String folder) {
    List<String> ids = modelIds(embeddings);
    if (!ids.isEmpty() && !ids.equals(List.of(model.id()))) {
      throw new UserDataException(
          "The table of embeddings in %s has rows of the model%s %s, but its %s describes %s. Embed the images anew."
              .formatted(
                  folder,
                  ids.size() == 1 ? "" : "s",
                  String.join(" and ", ids),
                  SUMMARY,
                  model.id()));
    }
  }

  private static JsonText summary(WholeFolder whole) {
    String place = new Path(whole.path(), SUMMARY).toString();
    try {
      return JsonText.of(whole.file(SUMMARY), place);
    } catch (IOException e) {
      throw new UserDataException("%s cannot be read: %s".formatted(place, e.getMessage()), e);
    }
  }

  /** The output in a folder, null if there is none that is whole. */
  public Stored find(String folder) {
    return WholeFolder.find(LiteralPath.given(folder), hadoop) == null ? null : open(folder);
  }

  /**
   * What a run wrote before, if a repeat would write the same: the same images by the same model
   * and settings, none of them gone or unreadable. Null if not.
   */
  public Written same(Destination destination, Origin origin) {
    WholeFolder whole = WholeFolder.find(LiteralPath.given(destination.folder()), hadoop);
    if (whole == null || !whole.runId().equals(destination.runId())) {
      return null;
    }
    JsonText read = summary(whole);
    JsonNode summary = read.tree();
    Map<String, Long> rejected = new TreeMap<>();
    for (Map.Entry<String, JsonNode> reason : summary.path("rejected").properties()) {
      rejected.put(reason.getKey(), reason.getValue().asLong());
    }
    boolean isSame =
        summary.path("inputs").asText().equals(origin.inputs())
            && summary.path("fingerprint").asText().equals(origin.fingerprint())
            && summary.path("model").equals(json(origin.model()))
            && !rejected.containsKey("gone")
            && !rejected.containsKey("unreadable");
    return isSame ? new Written(read.count("embedded"), rejected) : null;
  }

  /**
   * Writes outcomes as two tables, and counts what was written.
   *
   * @param outcomes the columns of {@link Tables#EMBEDDINGS} and {@link Tables#REJECTS} together,
   *     one row an image; those without a reason have an embedding
   * @param rows how many there are, roughly
   */
  public Written write(Draft draft, Dataset<Row> outcomes, long rows, Origin origin) {
    long bytesPerRow = BYTES_PER_ROW + (long) origin.model().dimension() * Float.BYTES;
    draft.table(
        EMBEDDINGS,
        SizedFiles.byRange(
            ColumnWords.written(
                outcomes.filter(col(Tables.REASON).isNull()).select(columns(Tables.EMBEDDINGS)),
                Tables.EMBEDDINGS),
            SizedFiles.filesFor(rows, bytesPerRow)));
    draft.table(
        REJECTS,
        SizedFiles.byRange(
            ColumnWords.written(
                outcomes.filter(col(Tables.REASON).isNotNull()).select(columns(Tables.REJECTS)),
                Tables.REJECTS),
            SizedFiles.filesFor(rows, BYTES_PER_ROW)));
    return new Written(
        draft.read(EMBEDDINGS, spark).count(), countByReason(draft.read(REJECTS, spark)));
  }

  /** Writes the summary. */
  public void writeSummary(
      Draft draft, RunId runId, Listed listed, Written written, Origin origin) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("run_id", runId.value());
    node.put("input", origin.input());
    if (origin.listedBy() != null) {
      EmbeddedInput.put(origin.listedBy(), node);
    }
    node.put("listed", listed.images());
    node.put("embedded", written.embedded());
    ObjectNode rejected = node.putObject("rejected");
    written.rejected().forEach(rejected::put);
    ObjectNode leftOut = node.putObject("left_out");
    listed.leftOut().forEach(leftOut::put);
    node.put("inputs", origin.inputs());
    node.put("fingerprint", origin.fingerprint());
    ObjectNode decoding = node.putObject(DECODING);
    origin.decoding().choices().forEach(decoding::put);
    node.put("model_fingerprint", ModelFingerprint.of(origin.model(), origin.decoding()).digits());
    node.set("model", json(origin.model()));
    draft.file(SUMMARY, SmallFiles.json(node));
  }

  /** Null where it is not said. */
  private static Decoding decoding(JsonText summary) {
    if (!summary.tree().has(DECODING)) {
      return null;
    }
    JsonText said = summary.object(DECODING);
    Map<String, String> choices = new TreeMap<>();
    said.tree().fieldNames().forEachRemaining(choice -> choices.put(choice, said.text(choice)));
    try {
      return Decoding.chosen(choices);
    } catch (UserDataException e) {
      throw summary.wrong(DECODING, "as dn2 embed wrote it: " + e.getMessage());
    }
  }

  private static JsonNode json(ModelSpec model) {
    return JsonText.of(model.toJson(), "The model's description").tree();
  }

  /** How many rows of {@link Tables#REJECTS} there are by reason, in the order of reasons. */
  public static Map<String, Long> countByReason(Dataset<Row> rejects) {
    Map<String, Long> counts = new TreeMap<>();
    for (Row row : rejects.groupBy(Tables.REASON).count().collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    return counts;
  }

  private static Column[] columns(StructType schema) {
    return Arrays.stream(schema.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
  }

  /** The backbones that made the given embeddings; at most two are looked for. */
  public static List<String> modelIds(Dataset<Row> embeddings) {
    return embeddings.select(Tables.MODEL_ID).distinct().limit(2).collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
