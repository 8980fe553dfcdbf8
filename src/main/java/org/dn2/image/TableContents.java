package org.dn2.image;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.dn2.table.ContentPlace;
import org.dn2.table.LocalDisk;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import shaded.parquet.org.apache.thrift.TException;

/**
 * Encoded images in the Parquet files of a table, read by the numbers of their rows: of a file that
 * tells where its pages begin, some {@value #WINDOW_BYTES} bytes at a time; of another, a row group
 * at a time. Rows in ascending order are read once, others again and again. For one thread's use.
 */
public final class TableContents implements AutoCloseable {
  private static final long WINDOW_BYTES = 4L << 20;
  private static final String FIELD_OF_STRUCT = "bytes";
  private static final Set<PrimitiveTypeName> BYTES =
      Set.of(PrimitiveTypeName.BINARY, PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY);
  private static final Logger LOG = LoggerFactory.getLogger(TableContents.class);

  private final Configuration hadoop;
  private final Retries retries;
  private OpenFile open;

  public TableContents(Configuration hadoop) {
    this.hadoop = hadoop;
    this.retries = Retries.of(hadoop);
  }

  /**
   * The bytes of an image.
   *
   * @throws UndecodableImageException with the reason {@link RejectReason#GONE}, if there is no
   *     such file any more; with {@link RejectReason#UNREADABLE}, if the row has no bytes
   * @throws UserDataException if the file is no table with the column, or damaged
   * @throws org.dn2.table.ClusterFaultException if the store fails again and again
   */
  public byte[] at(ContentPlace place) throws UndecodableImageException {
    return retries.first(
        place.file(),
        () -> {
          try {
            if (open == null || !open.isOf(place)) {
              close();
              open = OpenFile.of(place, hadoop);
            }
            byte[] content = open.at(place.row());
            if (content == null) {
              throw new UndecodableImageException(
                  RejectReason.UNREADABLE,
                  "The table has no bytes in the row %d of %s, and a path in it is only a name."
                      .formatted(place.row(), place.file()));
            }
            return content;
          } catch (FileNotFoundException e) {
            throw new UndecodableImageException(
                RejectReason.GONE, "There is no file " + place.file() + ".", e);
          } catch (IOException e) {
            close();
            if (e.getCause() instanceof TException) {
              // What came from the store, but is no page.
              throw damaged(place, "a page has no header", e);
            }
            throw e;
          } catch (UserDataException e) {
            throw e;
          } catch (RuntimeException e) {
            // Whatever a reader runs into where the bytes are not what they should be.
            throw damaged(place, e.getMessage(), e);
          }
        });
  }

  private static UserDataException damaged(ContentPlace place, String how, Exception e) {
    return new UserDataException(
        "%s cannot be read at its row %d: %s. Was the table changed or damaged since it was listed?"
            .formatted(place.file(), place.row(), how),
        e);
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }

  /** A file of the table, and the rows in it that were read and not yet asked for. */
  private static final class OpenFile implements AutoCloseable {
    private final ContentPlace first;
    private final ParquetFileReader reader;
    private final MessageType schema;
    private final ColumnIOFactory columns;

    private RecordReader<Group> records;
    private long next;
    private long end;

    private OpenFile(ContentPlace first, ParquetFileReader reader) {
      this.first = first;
      this.reader = reader;
      MessageType whole = reader.getFileMetaData().getSchema();
      Type column =
          whole.getFields().stream()
              .filter(field -> field.getName().equalsIgnoreCase(first.column()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new UserDataException(
                          "%s lacks the column %s.".formatted(first.file(), first.column())));
      this.schema = new MessageType(whole.getName(), bytesAlone(column));
      this.columns = new ColumnIOFactory(reader.getFileMetaData().getCreatedBy());
      reader.setRequestedSchema(schema);
    }

    private Type bytesAlone(Type column) {
      if (column.isPrimitive() && holdsBytes(column)) {
        return column;
      }
      if (!column.isPrimitive() && column.asGroupType().containsField(FIELD_OF_STRUCT)) {
        Type bytes = column.asGroupType().getType(FIELD_OF_STRUCT);
        if (holdsBytes(bytes)) {
          return column.asGroupType().withNewFields(bytes);
        }
      }
      throw new UserDataException(
          "In %s the column %s holds no bytes.".formatted(first.file(), first.column()));
    }

    private static boolean holdsBytes(Type type) {
      return type.isPrimitive()
          && !type.isRepetition(Type.Repetition.REPEATED)
          && BYTES.contains(type.asPrimitiveType().getPrimitiveTypeName());
    }

    static OpenFile of(ContentPlace place, Configuration hadoop) throws IOException {
      Path path = new Path(URI.create(place.file()));
      FileSystem files = LocalDisk.of(path, hadoop);
      ParquetFileReader reader =
          ParquetFileReader.open(
              HadoopInputFile.fromStatus(files.getFileStatus(path), hadoop),
              HadoopReadOptions.builder(hadoop, path).build());
      try {
        return new OpenFile(place, reader);
      } catch (RuntimeException e) {
        reader.close();
        throw e;
      }
    }

    boolean isOf(ContentPlace place) {
      return first.file().equals(place.file()) && first.column().equals(place.column());
    }

    byte[] at(long row) throws IOException {
      if (records == null || row < next || row >= end) {
        readFrom(row);
      }
      while (next < row) {
        records.read();
        next++;
      }
      next++;
      return bytes(records.read());
    }

    private byte[] bytes(Group record) {
      Group holder = record;
      Type column = schema.getType(0);
      if (record.getFieldRepetitionCount(0) == 0) {
        return null;
      }
      if (!column.isPrimitive()) {
        holder = record.getGroup(0, 0);
        if (holder.getFieldRepetitionCount(0) == 0) {
          return null;
        }
      }
      return holder.getBinary(0, 0).getBytes();
    }

    /** Reads the pages from that of a row on, or the row's whole group where pages are not told. */
    private void readFrom(long row) throws IOException {
      records = null;
      List<BlockMetaData> groups = reader.getRowGroups();
      int number = 0;
      long before = 0;
      if (row >= reader.getRecordCount()) {
        throw new UserDataException("%s has no row %d any more.".formatted(first.file(), row));
      }
      while (before + groups.get(number).getRowCount() <= row) {
        before += groups.get(number).getRowCount();
        number++;
      }
      BlockMetaData group = groups.get(number);
      OffsetIndex pages = reader.readOffsetIndex(chunk(group));
      PageReadStore read;
      if (pages == null) {
        read = reader.readRowGroup(number);
        next = before;
        end = before + group.getRowCount();
      } else {
        int firstPage = pageOf(row - before, pages);
        int lastPage = lastPage(firstPage, pages);
        read =
            reader.readFilteredRowGroup(
                number,
                RowRanges.create(
                    group.getRowCount(),
                    IntStream.rangeClosed(firstPage, lastPage).iterator(),
                    pages));
        next = before + pages.getFirstRowIndex(firstPage);
        end = before + pages.getLastRowIndex(lastPage, group.getRowCount()) + 1;
      }
      records =
          columns
              .getColumnIO(schema)
              .getRecordReader(read, new GroupRecordConverter(schema), FilterCompat.NOOP);
    }

    private ColumnChunkMetaData chunk(BlockMetaData group) {
      List<String> path = List.of(schema.getPaths().get(0));
      return group.getColumns().stream()
          .filter(chunk -> List.of(chunk.getPath().toArray()).equals(path))
          .findFirst()
          .orElseThrow();
    }

    private static int pageOf(long row, OffsetIndex pages) {
      int page = pages.getPageCount() - 1;
      while (pages.getFirstRowIndex(page) > row) {
        page--;
      }
      return page;
    }

    private static int lastPage(int first, OffsetIndex pages) {
      int last = first;
      long bytes = pages.getCompressedPageSize(first);
      while (last + 1 < pages.getPageCount()
          && bytes + pages.getCompressedPageSize(last + 1) <= WINDOW_BYTES) {
        last++;
        bytes += pages.getCompressedPageSize(last);
      }
      return last;
    }

    @Override
    public void close() {
      try {
        reader.close();
      } catch (IOException e) {
        // Nothing was written to it, and what was wanted has been read.
        LOG.debug("{} was not closed: {}", first.file(), e.toString());
      }
    }
  }
}
