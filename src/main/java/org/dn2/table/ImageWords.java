package org.dn2.table;

/** What the columns of the images' tables mean, whichever table they are in. */
final class ImageWords {
  static final ColumnWords ALL =
      ColumnWords.of(
          """
          image_id | | unique in an input | The image: its path relative to the input's folder, or what a manifest names; of scored groups, the group
          path | | | Where the image's file lies, as Hadoop's file systems open it; null where it lies in a table, and for groups
          size_bytes | bytes | 0 or more | Size of the encoded image; null where it is not known
          modified_at | UTC, microseconds | | When the file was last changed, as its store says; null where it is not known
          content_sha256 | | 64 hexadecimal digits | SHA-256 of the file's bytes; null where it is not known
          label | | | The class of the image, from its path or a manifest; null where none was given
          group_id | | | What the image is a part of, from its path or a manifest; null where none was given
          split | | such as train, test | To which part of a data set the image belongs; null where none was given
          x | pixels | 0 or more | Left edge of the crop in the decoded image; null for the whole image
          y | pixels | 0 or more | Upper edge of the crop in the decoded image; null for the whole image
          width | pixels | 1 or more | Width of the crop; null for the whole image
          height | pixels | 1 or more | Height of the crop; null for the whole image
          content | bytes | | The encoded image, unchanged
          embedding | | finite; one number for each of the model's dimensions | What the network makes of the image
          model_id | | | The backbone that made the embedding; a name, where model_fingerprint tells what it is
          source | | inbox, reference | Where the image comes from: inbox is scored, reference is held to be normal
          file_version | | | Tells a file from one that had its name before: size, and the store's tag or the time of the last change; null where there was no file
          image_version | versions | 1 or more | Counts an image's files of different content under its name
          model_fingerprint | | 16 hexadecimal digits | Of weights, preprocessing, views, precision and decoding; only rows with equal ones can be compared
          score | mean distance, by default of squared length | 0 or more | How unlike its nearest normal images the image is; higher is more anomalous; comparable within a detector only
          threshold | as score | 0 or more | Above it a score is an anomaly, as the detector says; null without a detector
          is_anomaly | | true, false | Whether score is above threshold; null without a detector
          p_value | fraction | above 0, to 1 | Of the normal images that calibrated, how many score as high, this one counted; null where nothing calibrated
          neighbor_ids | | | The nearest images of the reference set, nearest first; their image_id
          neighbor_distances | distance, by default of squared length | 0 or more, ascending | To the images in neighbor_ids, in their order
          detector_id | | 16 hexadecimal digits | The detector that judged; equal ids give equal scores; null without a detector
          scored_at | UTC, microseconds | | When the image was scored
          run_date | | | The day for which the run was
          run_id | | | The run that wrote the row; text, even where it looks like a date or a number
          run_sequence | runs | 1 or more | The run's number among the runs of its plant
          image_key | | 64 hexadecimal digits | SHA-256 of image_id, which may be too long for an index
          """);

  /** Of images that could not be embedded, or groups that could not be scored. */
  static final ColumnWords REJECTS =
      ALL.with(
          """
          reason | | empty, not_an_image, truncated, too_large, unsupported, gone, unreadable, non_finite_embedding; of groups incomplete_group | Why there is no embedding or score
          message | | | What is the matter with this one, for people
          """);

  private ImageWords() {}
}
