import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Counts every request that S3A sends, repeated ones too, by the store's own words, and measures
 * the seconds and requests of a job. S3A makes one by its name, from the setting {@link #SETTING}.
 */
public final class StoreRequests implements ExecutionInterceptor {
  static final String SETTING = "fs.s3a.audit.execution.interceptors";

  private static final Map<String, LongAdder> SENT = new ConcurrentHashMap<>();

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          entry("GetObjectRequest", "GET"),
          entry("HeadObjectRequest", "HEAD"),
          entry("ListObjectsV2Request", "LIST"),
          entry("ListMultipartUploadsRequest", "LIST uploads"),
          entry("PutObjectRequest", "PUT"),
          entry("UploadPartRequest", "PUT part"),
          entry("CreateMultipartUploadRequest", "POST begin"),
          entry("CompleteMultipartUploadRequest", "POST complete"),
          entry("CopyObjectRequest", "COPY"),
          entry("DeleteObjectRequest", "DELETE"),
          entry("DeleteObjectsRequest", "DELETE many"));

  @Override
  public void beforeTransmission(Context.BeforeTransmission sent, ExecutionAttributes attributes) {
    String request = sent.request().getClass().getSimpleName();
    SENT.computeIfAbsent(WORDS.getOrDefault(request, request), kind -> new LongAdder())
        .increment();
  }

  interface Job {
    Object run() throws Exception;
  }

  /** What a job took. */
  record Cost(double seconds, long requests) {}

  /** Does it and prints a line. */
  static Cost measure(String what, Job job) throws Exception {
    Map<String, Long> before = sent();
    long start = System.nanoTime();
    Object outcome = job.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    long all = 0;
    StringBuilder kinds = new StringBuilder();
    for (Map.Entry<String, Long> kind : sent().entrySet()) {
      long made = kind.getValue() - before.getOrDefault(kind.getKey(), 0L);
      all += made;
      if (made > 0) {
        kinds.append(kinds.isEmpty() ? "" : ", ").append("%s %,d".formatted(kind.getKey(), made));
      }
    }
    System.out.printf(
        Locale.ROOT, "%-30s %7.1f s %,8d requests (%s); %s%n", what, seconds, all, kinds, outcome);
    return new Cost(seconds, all);
  }

  private static Map<String, Long> sent() {
    Map<String, Long> sent = new TreeMap<>();
    SENT.forEach((kind, count) -> sent.put(kind, count.sum()));
    return sent;
  }
}
